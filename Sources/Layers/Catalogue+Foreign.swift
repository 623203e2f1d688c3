extension Catalogue {
  /// The layer that other libraries, older Kerases or people in a hurry call so: `BatchNorm2d`, `GlobalAvgPool2D`.
  package static func layer(knownAs name: String) -> String? {
    foreignNames[String(name.lowercased().filter { $0 != "_" })]
  }

  /// Whether Keras has a layer of this name that is not in this catalogue.
  package static func isLayerOfKeras(_ name: String) -> Bool { missingLayers.contains(name) }

  /// How layers do what an operation of Keras or PyTorch does that is none: `Squeeze`.
  package static func way(toDo operation: String) -> String? { operations[operation.lowercased()] }

  private static let operations = [
    "flip": "GetItem with slice(step: -1) for the axis", "moveaxis": "Permute",
    "squeeze": "Reshape, or GetItem with 0 for the axis", "swapaxes": "Permute", "transpose": "Permute",
    "unsqueeze": "ExpandDims", "view": "Reshape",
  ]

  /// The layers that have names elsewhere.
  package static var foreignLayers: Set<String> { Set(foreignNames.values) }

  /// In lower case, without underscores. Who does not say whether of maps or sequences means maps.
  private static let foreignNames = [
    "adaptiveavgpool2d": "AdaptiveAveragePooling2D", "adaptivemaxpool2d": "AdaptiveMaxPooling2D",
    "averagepooling": "AveragePooling2D", "avgpool1d": "AveragePooling1D", "avgpool2d": "AveragePooling2D",
    "batchnorm": "BatchNormalization", "batchnorm1d": "BatchNormalization", "batchnorm2d": "BatchNormalization",
    "bn": "BatchNormalization", "cat": "Concatenate", "concat": "Concatenate", "conv": "Conv2D",
    "convolution": "Conv2D", "convolution1d": "Conv1D", "convolution1dtranspose": "Conv1DTranspose",
    "convolution2d": "Conv2D", "convolution2dtranspose": "Conv2DTranspose", "convtranspose": "Conv2DTranspose",
    "convtranspose1d": "Conv1DTranspose", "convtranspose2d": "Conv2DTranspose", "cropping": "Cropping2D",
    "deconv1d": "Conv1DTranspose", "deconv2d": "Conv2DTranspose", "deconvolution1d": "Conv1DTranspose",
    "deconvolution2d": "Conv2DTranspose", "depthwiseconv": "DepthwiseConv2D",
    "depthwiseconvolution1d": "DepthwiseConv1D", "depthwiseconvolution2d": "DepthwiseConv2D",
    "dropout1d": "SpatialDropout1D", "dropout2d": "SpatialDropout2D", "fc": "Dense", "fullyconnected": "Dense",
    "gap": "GlobalAveragePooling2D", "gap1d": "GlobalAveragePooling1D", "gap2d": "GlobalAveragePooling2D",
    "globalaveragepooling": "GlobalAveragePooling2D", "globalavgpool": "GlobalAveragePooling2D",
    "globalavgpool1d": "GlobalAveragePooling1D", "globalavgpool2d": "GlobalAveragePooling2D",
    "globalmaxpool": "GlobalMaxPooling2D", "globalmaxpool1d": "GlobalMaxPooling1D",
    "globalmaxpool2d": "GlobalMaxPooling2D", "globalmaxpooling": "GlobalMaxPooling2D",
    "groupnorm": "GroupNormalization", "innerproduct": "Dense", "layernorm": "LayerNormalization",
    "linear": "Dense", "lrn": "LocalResponseNormalization", "maxpool": "MaxPooling2D",
    "maxpool1d": "MaxPooling1D", "maxpool2d": "MaxPooling2D", "maxpooling": "MaxPooling2D",
    "pad": "ZeroPadding2D", "pixelshuffle": "DepthToSpace", "pixelunshuffle": "SpaceToDepth", "resize": "Resizing",
    "rmsnorm": "RMSNormalization",
    "separableconv": "SeparableConv2D", "separableconvolution1d": "SeparableConv1D",
    "separableconvolution2d": "SeparableConv2D", "spatialdropout": "SpatialDropout2D", "upsample": "UpSampling2D",
    "upsampling": "UpSampling2D", "zeropad1d": "ZeroPadding1D", "zeropad2d": "ZeroPadding2D",
    "zeropadding": "ZeroPadding2D",
  ]

  private static let missingLayers: Set = [
    "AdaptiveAveragePooling1D", "AdaptiveAveragePooling3D", "AdaptiveMaxPooling1D", "AdaptiveMaxPooling3D",
    "AdditiveAttention", "Attention", "AugMix", "AutoContrast", "AveragePooling3D", "Bidirectional",
    "CategoryEncoding", "ContrastLimitedAdaptiveHistogramEqualization", "Conv3D", "Conv3DTranspose",
    "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Cropping3D", "CutMix", "Discretization", "EinsumDense",
    "Embedding", "Equalization", "FlaxLayer", "GRU", "GRUCell", "GlobalAveragePooling3D", "GlobalMaxPooling3D",
    "GroupQueryAttention", "HashedCrossing", "Hashing", "IntegerLookup", "JaxLayer", "LSTM", "LSTMCell",
    "Lambda", "Masking", "MaxNumBoundingBoxes", "MaxPooling3D", "MelSpectrogram", "MixUp", "MultiHeadAttention",
    "Pipeline", "RNN", "RandAugment", "RandomColorDegeneration", "RandomColorJitter", "RandomCrop",
    "RandomElasticTransform", "RandomErasing", "RandomGaussianBlur", "RandomInvert", "RandomPerspective",
    "RandomPosterization", "RandomSharpness", "ReversibleEmbedding", "STFTSpectrogram", "SimpleRNN",
    "SimpleRNNCell", "Solarization", "SpatialDropout3D", "SpectralNormalization", "StackedRNNCells",
    "StringLookup", "TFSMLayer", "TextVectorization", "TimeDistributed", "TorchModuleWrapper", "UpSampling3D",
    "ZeroPadding3D",
  ]
}
