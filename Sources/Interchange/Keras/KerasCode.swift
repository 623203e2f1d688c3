import Syntax

/// Why a JSON file is no Keras model that modelc can read. Faults of the JSON text itself have the codes of
/// `JSONCode`.
package enum KerasCode: String, DiagnosticCode {
  /// JSON, but not what `model.to_json()` writes.
  case format = "keras-format"
  /// Written by Keras 1, whose files mean other things.
  case version = "keras-version"
  /// A key that has to be there is not.
  case missingKey = "keras-missing-key"
  /// A value of another type than Keras writes there.
  case valueType = "keras-value-type"
  /// A layer whose class modelc does not have.
  case unknownClass = "keras-unknown-class"
  /// A class or function of the author's own, or Python code in the file.
  case customObject = "keras-custom-object"
  /// A bare operation (`keras.ops`) without a layer that does the same.
  case unknownOperation = "keras-unknown-operation"
  /// A setting that modelc does not have, with a value that changes what the layer does.
  case unknownSetting = "keras-unknown-setting"
  /// A value that an attribute cannot hold.
  case unsupportedValue = "keras-unsupported-value"
  /// Arithmetic in another type than 32-bit floats.
  case dataType = "keras-data-type"
  /// Two layers of one name, or one layer of two.
  case layerName = "keras-layer-name"
  /// A tensor of a layer, call or result that is not there.
  case reference = "keras-reference"
  /// A call with anything but the tensors and settings that its layer takes.
  case call = "keras-call"
  /// Layers that need their own results.
  case cycle = "keras-cycle"
  /// Inputs that have no shape, are not layers of the model, or are not listed.
  case input = "keras-input"
  /// Outputs that are listed twice, or none at all.
  case output = "keras-output"
}
