/// What the labels are with which a loss or metric compares an output.
package enum LabelForm: Hashable, Sendable {
  /// The number of the right class, from 0.
  case classNumbers
  /// A number for each number of the output: one-hot classes, or what it should be.
  case values
  /// Whichever there are.
  case any
}

extension TrainingTerm {
  package var labelForm: LabelForm { .values }
}
