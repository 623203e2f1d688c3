package import Layers

/// What a `train` section comes to: all values typed, all names found.
package struct CheckedTraining: Sendable {
  /// A loss of an output, and how much it counts.
  package struct WeightedLoss: Sendable {
    package var loss: any Loss
    package var weight: Double
  }

  /// What is made small and reported for one output.
  package struct Goal: Sendable {
    /// The output's name.
    package var output: String
    /// Their weighted sum is the output's loss; empty if nothing trains it.
    package var losses: [WeightedLoss]
    package var metrics: [any Metric]
  }

  /// One step of what is done to an input before the model sees it.
  package enum PreparationStep: Sendable {
    case layer(any Layer)
    case change(any ImageChange)
  }

  /// A pipeline in front of one input.
  package struct Preparation: Sendable {
    /// The input's name.
    package var input: String
    package var steps: [PreparationStep]
  }

  /// For every output, in the model's order, train outputs too.
  package internal(set) var goals: [Goal] = []
  /// Keras's default is RMSprop.
  package internal(set) var optimizer: any Optimizer = RMSprop()
  package internal(set) var callbacks: [any TrainingCallback] = []
  /// `epochs`, `batch_size` and the other entries of one value.
  package internal(set) var settings = FitSettings()
  /// Wherever images come in.
  package internal(set) var preparations: [Preparation] = []
  /// In training only, behind what prepares.
  package internal(set) var augmentations: [Preparation] = []

  init() {}
}
