import Operations
import Semantics
import Syntax

extension Summary {
  /// The summary for programs. Sizes that are unknown, the batch among them, are null.
  package var json: String {
    var json = JSONWriter()
    json.object { json in
      json.member("model", model)
      json.member("settings") {
        $0.object { json in for setting in settings { json.member(setting.name, setting.value) } }
      }
      json.member("inputs") { $0.array { json in for port in inputs { Self.write(port, &json) } } }
      json.member("outputs") { $0.array { json in for port in outputs { Self.write(port, &json) } } }
      json.member("sizes") { $0.object { domain.write(to: &$0) } }
      json.member("layers") { $0.array { json in for row in rows { Self.write(row, &json) } } }
      Self.write(totals.deployed, &json)
      json.member("activation_bytes", totals.activationMemory.constant)
      json.member("training") { $0.object { Self.write(totals.training, &$0) } }
    }
    return json.text + "\n"
  }

  private static func write(_ port: Port, _ json: inout JSONWriter) {
    json.element {
      $0.object { json in
        json.member("name", port.name)
        json.member("shape") { $0.array(port.shape.dims.map(\.constant)) }
        json.member("train_only", port.isTrainOnly)
      }
    }
  }

  private static func write(_ row: Row, _ json: inout JSONWriter) {
    json.element {
      $0.object { json in
        json.member("name", row.name)
        json.member("layer", row.layer)
        json.member("inputs") { $0.array(row.inputs) }
        json.member("output_shape") { json in
          if row.shapes.count == 1 {
            json.array(row.shapes[0].dims.map(\.constant))
          } else {
            json.array { json in
              for shape in row.shapes { json.element { $0.array(shape.dims.map(\.constant)) } }
            }
          }
        }
        json.member("params", row.parameters)
        json.member("trainable_params", row.trainableParameters)
        json.member("macs", row.multiplyAccumulates.constant)
        json.member("receptive_field") { json in
          switch row.reach {
          case .pixels(let sides): json.array(sides)
          case .everything: json.string("all")
          }
        }
        json.member("live_bytes", row.liveMemory.constant)
        json.member("train_only", row.isTrainOnly)
      }
    }
  }

  private static func write(_ counts: Totals.Counts, _ json: inout JSONWriter) {
    json.member("total_params", counts.parameters)
    json.member("trainable_params", counts.trainableParameters)
    json.member("non_trainable_params", counts.nonTrainableParameters)
    json.member("macs", counts.multiplyAccumulates.constant)
    json.member("weight_bytes", bytes(ofWeights: counts.parameters))
  }
}
