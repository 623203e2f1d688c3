/// What is done between epochs.
package protocol TrainingCallback: TrainingTerm {
  /// What it watches, if anything.
  var monitored: Monitored? { get }
}

extension TrainingCallback {
  package var monitored: Monitored? { nil }
}

/// A number that training reports after each epoch: `loss`, `val_accuracy`.
package struct Monitored: AttributeValue {
  package let name: String

  init(_ name: String) { self.name = name }

  static var typeName: String { "Quantity" }
  static var expectation: String { "a number that training reports, such as val_loss" }
  static var words: [String] { ["loss", "val_loss"] }

  init(_ literal: Literal) throws(ValueProblem) {
    guard case .word(let word, let arguments) = literal, arguments.isEmpty else {
      throw .mismatch(literal, Self.self)
    }
    name = word
  }

  var literal: Literal { .word(name, []) }
}

/// Which way is better.
package enum Improvement: String, CaseIterable, Hashable, Sendable, AttributeValue {
  /// Down for losses and errors, up for the rest.
  case auto
  case down = "min"
  case up = "max"

  static var typeName: String { "Mode" }
  static var summary: String { "Which way is better; `auto`: down for losses and errors, up for the rest." }
}

private let monitorSummary = "What is watched."
private let deltaSummary = "Less than this is no improvement."

package struct EarlyStopping: TrainingCallback {
  package var monitor = Monitored("val_loss")
  package var minDelta = 0.0
  package var patience = 0
  package var verbose = 0
  package var mode = Improvement.auto
  package var baseline: Double?
  package var restoresBestWeights = false
  package var startEpoch = 0
  package init() {}
  package static let name = "EarlyStopping"
  package static let schema = Schema(name, "Ends training when there is no improvement.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("monitor", &monitor, monitorSummary)
    attributes.optional("min_delta", &minDelta, deltaSummary, .atLeast(0))
    attributes.optional("patience", &patience, "Epochs without improvement that are borne.", .atLeast(0))
    attributes.optional("verbose", &verbose, "1: say what is done.", .from(0, to: 1))
    attributes.optional("mode", &mode, Improvement.summary)
    attributes.optional("baseline", &baseline, "What has to be beaten from the beginning; none: nothing.")
    attributes.optional("restore_best_weights", &restoresBestWeights, "Whether to end with the best epoch's weights.")
    attributes.optional("start_from_epoch", &startEpoch, "Epochs at the beginning that do not count.", .atLeast(0))
  }
  package var monitored: Monitored? { monitor }
}

package struct ModelCheckpoint: TrainingCallback {
  package var path = ""
  package var monitor = Monitored("val_loss")
  package var verbose = 0
  package var savesBestOnly = false
  package var savesWeightsOnly = false
  package var mode = Improvement.auto
  package var baseline: Double?
  package init() {}
  package static let name = "ModelCheckpoint"
  package static let schema = Schema(name, "Writes the weights to a file after each epoch.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("filepath", &path, "The file: `\"best.safetensors\"`.")
    attributes.optional("monitor", &monitor, monitorSummary)
    attributes.optional("verbose", &verbose, "1: say what is done.", .from(0, to: 1))
    attributes.optional("save_best_only", &savesBestOnly, "Whether to write after an improvement only.")
    attributes.optional("save_weights_only", &savesWeightsOnly, "Whether to leave out what training needs to go on.")
    attributes.optional("mode", &mode, Improvement.summary)
    attributes.optional(
      "initial_value_threshold", &baseline, "What has to be beaten from the beginning; none: nothing.")
  }
  /// Only the best of epochs has to be told.
  package var monitored: Monitored? { savesBestOnly ? monitor : nil }
}

package struct ReduceLROnPlateau: TrainingCallback {
  package var monitor = Monitored("val_loss")
  package var factor = 0.1
  package var patience = 10
  package var verbose = 0
  package var mode = Improvement.auto
  package var minDelta = 0.0001
  package var cooldown = 0
  package var leastRate = 0.0
  package init() {}
  package static let name = "ReduceLROnPlateau"
  package static let schema = Schema(name, "Lowers the learning rate when there is no improvement.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("monitor", &monitor, monitorSummary)
    attributes.optional("factor", &factor, "What the rate is multiplied by, below 1.", .from(0, to: 1))
    attributes.optional("patience", &patience, "Epochs without improvement that are borne.", .atLeast(0))
    attributes.optional("verbose", &verbose, "1: say what is done.", .from(0, to: 1))
    attributes.optional("mode", &mode, Improvement.summary)
    attributes.optional("min_delta", &minDelta, deltaSummary, .atLeast(0))
    attributes.optional("cooldown", &cooldown, "Epochs to wait after lowering it.", .atLeast(0))
    attributes.optional("min_lr", &leastRate, "The rate below which it does not go.", .atLeast(0))
  }
  package var monitored: Monitored? { monitor }
}

package struct CSVLogger: TrainingCallback {
  package var path = ""
  package var separator = ","
  package var appends = false
  package init() {}
  package static let name = "CSVLogger"
  package static let schema = Schema(name, "Writes a line for each epoch to a table.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("filename", &path, "The file: `\"log.csv\"`.")
    attributes.optional("separator", &separator, "What stands between columns.")
    attributes.optional("append", &appends, "Whether to go on with a file that there is.")
  }
}

package struct TerminateOnNaN: TrainingCallback {
  package init() {}
  package static let name = "TerminateOnNaN"
  package static let schema = Schema(name, "Ends training when the loss is no number.")
}

package struct BackupAndRestore: TrainingCallback {
  package var folder = ""
  package var keepsTwo = false
  package var deletesAtEnd = true
  package init() {}
  package static let name = "BackupAndRestore"
  package static let schema = Schema(name, "Keeps what training needs to go on after a crash.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("backup_dir", &folder, "The folder.")
    attributes.optional("double_checkpoint", &keepsTwo, "Whether to keep the last but one too.")
    attributes.optional("delete_checkpoint", &deletesAtEnd, "Whether to remove it when training has ended.")
  }
}

package struct SwapEMAWeights: TrainingCallback {
  package var swapsEachEpoch = false
  package init() {}
  package static let name = "SwapEMAWeights"
  package static let schema = Schema(
    name, "Judges, and ends with, the moving average of the weights that the optimizer keeps.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("swap_on_epoch", &swapsEachEpoch, "Whether to change back after each epoch.")
  }
}
