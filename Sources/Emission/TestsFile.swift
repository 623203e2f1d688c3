import Planning
import Runtime

/// The package's own tests: recorded vectors and errors.
struct TestsFile {
  let plan: Plan
  let names: PackageNames
  let ports: PortNames
  let options: EmissionOptions

  var text: String {
    let weights =
      options.embedsWeights
      ? ".embedded" : ".synthetic(gain: \(SwiftText.double(options.vectors.kernelGain)))"
    let counts = plan.inputs.map { $0.shape.reduce(1, *) }
    // One value too many, but for inputs of one value each: there that would be another example.
    let wrong = zip(ports.inputs, counts).map { name, count in
      SwiftExpression.Argument(
        name,
        .atom(counts.max() == 1 ? "[]" : "[Float](repeating: 0, count: \(SwiftText.integer(count + 1)))"))
    }
    let lead = "      _ = try "
    let call = lead + SwiftExpression.call("network", wrong).laidOut(indent: 6, lead: lead.count)
    let lines = """
      import \(names.model)
      import \(names.runtime)
      import Testing

      /// Whether this machine computes what was computed when the package was generated.
      @Suite struct \(names.tests) {
        private static let weights = \(names.model).Weights\(weights)

        @Test("The portable kernels give the recorded bits")
        func portable() throws {
          for (output, values) in zip(recordedOutputs, try run(on: .portable)) {
            #expect(values.count == output.count)
            #expect(checksum(values) == output.checksum, "\\(output.name)")
          }
        }

        @Test("The kernels for this processor agree with the recorded values")
        func native() throws {
          for (output, values) in zip(recordedOutputs, try run(on: nil)) {
            try #require(values.count == output.count)
            for (index, expected) in output.probes {
              // Infinity only equals itself, and NaN not even that.
              if values[index] == expected || (values[index].isNaN && expected.isNaN) { continue }
              let tolerance = 1e-3 * output.standardDeviation + 1e-4 * abs(expected)
              #expect(abs(values[index] - expected) <= tolerance, "\\(output.name)[\\(index)]")
            }
          }
        }

        @Test("Arrays of a wrong size are refused")
        func sizes() throws {
          let network = try \(names.model)(weights: Self.weights)
          #expect(throws: \(names.model).Failure.self) {
      \(call)
          }
        }

        private func run(on path: Kernels.Path?) throws -> [[Float]] {
          let program = try Program(Plan.network, weights: try Self.weights.opened(), path: path)
          let inputs = program.inputs.map { port in
            SyntheticValues.input(port.name, count: port.shape.reduce(recordedBatch, *))
          }
          return try program.run(inputs)
        }

        /// FNV-1a over the bits of the values, four bytes each, the lowest first; of NaN there is one.
        private func checksum(_ values: [Float]) -> UInt64 {
          var result: UInt64 = 0xCBF2_9CE4_8422_2325
          for value in values {
            let bits = value.isNaN ? Float.nan.bitPattern : value.bitPattern
            for byte in 0..<4 {
              result = (result ^ UInt64(bits >> UInt32(8 * byte) & 0xFF)) &* 0x100_0000_01B3
            }
          }
          return result
        }
      }
      """
    return SwiftFile.text([lines], source: options.source)
  }

  /// The recorded values, in a file of their own.
  var vectors: String {
    var lines = [
      "/// What one output held for inputs made by the synthetic rule, computed by the portable kernels.",
      "struct RecordedOutput: Sendable {",
      "  var name: String",
      "  var count: Int",
      "  var checksum: UInt64",
      "  var standardDeviation: Float",
      "  var probes: [(index: Int, value: Float)]",
      "}",
      "",
      "let recordedBatch = \(SwiftText.integer(options.vectors.batch))",
      "",
      "let recordedOutputs: [RecordedOutput] = [",
    ]
    for output in options.vectors.outputs {
      lines += [
        "  RecordedOutput(",
        "    name: \(SwiftText.literal(output.name)), count: \(SwiftText.integer(output.count)),",
        "    checksum: 0x\(Checksum.text(output.checksum)),",
        "    standardDeviation: \(SwiftText.float(output.standardDeviation)),",
        "    probes: [",
      ]
      lines += output.probes.map { "      (\(SwiftText.integer($0.index)), \(SwiftText.float($0.value)))," }
      lines += ["    ]),"]
    }
    return SwiftFile.text(lines + ["]"], source: options.source)
  }
}
