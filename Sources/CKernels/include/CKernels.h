int kernels_placeholder(void);
