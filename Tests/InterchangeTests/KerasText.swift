import Interchange
import Syntax

/// Writes small Keras models as text, faults included.
enum KerasText {
  /// A layer `name` that takes the first results of other layers.
  static func layer(
    _ className: String, _ name: String, _ settings: String = "", from inputs: [String] = ["x"],
    module: String = "keras.layers", registered: String = "null"
  ) -> String {
    let tensors = inputs.map { tensor($0) }.joined(separator: ",")
    let node = #"{"args":[\#(inputs.count == 1 ? tensors : "[\(tensors)]")],"kwargs":{}}"#
    return layer(className, name, settings, calls: [node], module: module, registered: registered)
  }

  static func layer(
    _ className: String, _ name: String, _ settings: String = "", calls: [String], module: String = "keras.layers",
    registered: String = "null"
  ) -> String {
    let config = #"{"name":"\#(name)"\#(settings.isEmpty ? "" : ",")\#(settings)}"#
    return #"{"module":"\#(module)","class_name":"\#(className)","config":\#(config),"registered_name":\#(registered),"#
      + #""name":"\#(name)","inbound_nodes":[\#(calls.joined(separator: ","))]}"#
  }

  static func tensor(_ layer: String, call: String = "0", result: String = "0") -> String {
    #"{"class_name":"__keras_tensor__","config":{"shape":[null,4,4,3],"keras_history":["\#(layer)",\#(call),\#(result)]}}"#
  }

  static func call(_ arguments: String, _ keywords: String = "{}") -> String {
    #"{"args":[\#(arguments)],"kwargs":\#(keywords)}"#
  }

  static func input(_ name: String, _ settings: String = #""batch_shape":[null,4,4,3]"#) -> String {
    layer("InputLayer", name, settings, calls: [])
  }

  /// A functional model of an input `x` and these layers.
  static func functional(
    _ layers: String..., inputs: String = #"["x",0,0]"#, outputs: String = #"["y",0,0]"#
  ) -> String {
    functional([input("x")] + layers, inputs: inputs, outputs: outputs)
  }

  static func functional(_ layers: [String], inputs: String, outputs: String) -> String {
    let layers = layers.joined(separator: ",\n")
    return #"{"module":"keras","class_name":"Functional","config":{"name":"m","layers":[\#(layers)],"#
      + #""input_layers":\#(inputs),"output_layers":\#(outputs)}}"#
  }

  static func sequential(_ layers: String..., config: String = "") -> String {
    #"{"module":"keras","class_name":"Sequential","config":{"name":"m"\#(config),"layers":[\#(layers.joined(separator: ","))]}}"#
  }
}

/// What reading alone reports: `code pointer`, in order.
func kerasProblems(_ text: String) -> [String] {
  var log = DiagnosticLog()
  _ = readKeras(Source(name: "model.json", bytes: Array(text.utf8)), limits: Limits(), into: &log)
  return log.diagnostics.map { "\($0.code) \($0.node ?? "-")" }
}
