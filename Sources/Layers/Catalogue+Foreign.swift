extension Catalogue {
  /// The layer that other libraries, older Kerases or people in a hurry call so: `BatchNorm2d`, `GlobalAvgPool2D`.
  package static func layer(knownAs name: String) -> String? {
    foreignNames[String(name.lowercased().filter { $0 != "_" })]
  }

  /// Whether Keras has a layer of this name that is not in this catalogue.
  package static func isLayerOfKeras(_ name: String) -> Bool { missingLayers.contains(name) }

  /// The layers that have names elsewhere.
  package static var foreignLayers: Set<String> { Set(foreignNames.values) }

  /// In lower case, without underscores.
  private static let foreignNames = [
    "avgpool2d": "AveragePooling2D", "adaptiveavgpool2d": "AdaptiveAveragePooling2D",
    "adaptivemaxpool2d": "AdaptiveMaxPooling2D", "batchnorm": "BatchNormalization",
    "batchnorm1d": "BatchNormalization", "batchnorm2d": "BatchNormalization", "bn": "BatchNormalization",
    "cat": "Concatenate", "concat": "Concatenate",
    "conv": "Conv2D", "convolution": "Conv2D", "convolution2d": "Conv2D", "convtranspose2d": "Conv2DTranspose",
    "convolution2dtranspose": "Conv2DTranspose", "deconv2d": "Conv2DTranspose", "deconvolution2d": "Conv2DTranspose",
    "depthwiseconvolution2d": "DepthwiseConv2D", "dropout2d": "SpatialDropout2D", "fc": "Dense",
    "fullyconnected": "Dense", "gap": "GlobalAveragePooling2D", "gap2d": "GlobalAveragePooling2D",
    "globalavgpool": "GlobalAveragePooling2D", "globalavgpool2d": "GlobalAveragePooling2D",
    "globalmaxpool": "GlobalMaxPooling2D", "globalmaxpool2d": "GlobalMaxPooling2D", "groupnorm": "GroupNormalization",
    "innerproduct": "Dense", "layernorm": "LayerNormalization", "linear": "Dense",
    "lrn": "LocalResponseNormalization", "maxpool": "MaxPooling2D", "maxpool2d": "MaxPooling2D",
    "pad": "ZeroPadding2D", "resize": "Resizing", "rmsnorm": "RMSNormalization",
    "separableconvolution2d": "SeparableConv2D", "upsample": "UpSampling2D",
    "zeropad2d": "ZeroPadding2D",
  ]

  private static let missingLayers: Set = [
    "AdaptiveAveragePooling1D", "AdaptiveAveragePooling3D", "AdaptiveMaxPooling1D", "AdaptiveMaxPooling3D",
    "AdditiveAttention", "Attention", "AugMix", "AutoContrast", "AveragePooling1D", "AveragePooling3D",
    "Bidirectional", "CategoryEncoding", "ContrastLimitedAdaptiveHistogramEqualization", "Conv1D",
    "Conv1DTranspose", "Conv3D", "Conv3DTranspose", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Cropping1D",
    "Cropping3D", "CutMix", "DepthwiseConv1D", "Discretization", "EinsumDense", "Embedding", "Equalization",
    "FlaxLayer", "GRU", "GRUCell", "GlobalAveragePooling1D", "GlobalAveragePooling3D", "GlobalMaxPooling1D",
    "GlobalMaxPooling3D", "GroupQueryAttention", "HashedCrossing", "Hashing", "IntegerLookup", "JaxLayer", "LSTM",
    "LSTMCell", "Lambda", "Masking", "MaxNumBoundingBoxes", "MaxPooling1D", "MaxPooling3D", "MelSpectrogram",
    "MixUp", "MultiHeadAttention", "Pipeline", "RNN", "RandAugment", "RandomColorDegeneration",
    "RandomColorJitter", "RandomCrop", "RandomElasticTransform", "RandomErasing", "RandomGaussianBlur",
    "RandomInvert", "RandomPerspective", "RandomPosterization", "RandomSharpness", "ReversibleEmbedding",
    "STFTSpectrogram", "SeparableConv1D", "SimpleRNN", "SimpleRNNCell", "Solarization", "SpatialDropout1D",
    "SpatialDropout3D", "SpectralNormalization", "StackedRNNCells", "StringLookup", "TFSMLayer",
    "TextVectorization", "TimeDistributed", "TorchModuleWrapper", "UpSampling1D", "UpSampling3D", "ZeroPadding1D",
    "ZeroPadding3D",
  ]
}
