/// What many numbers come to; a maximum or minimum of NaN is NaN.
package enum ReductionFunction: String, Hashable, Sendable, CaseIterable {
  case sum, mean, maximum, minimum
}
