import Driver
import Foundation
import Runtime
import Testing

/// The networks of `models/`. Their files assert what they count; the table here holds it once more, so that an
/// assertion that is lost or weakened does not go unnoticed.
@Suite("The models")
struct ZooTests {
  struct Counts: Sendable, CustomTestStringConvertible {
    var name: String
    var parameters: Int
    var trainable: Int
    /// nil where the sizes of the input are open.
    var multiplyAccumulates: Int?

    init(_ name: String, _ parameters: Int, trainable: Int? = nil, _ multiplyAccumulates: Int?) {
      self.name = name
      self.parameters = parameters
      self.trainable = trainable ?? parameters
      self.multiplyAccumulates = multiplyAccumulates
    }

    var testDescription: String { name }
  }

  static let table = [
    Counts("alexnet", 60_965_224, 724_406_816),
    Counts("cifar10", 1_116_970, 26_896_256),
    Counts("dense", 1725, 1690),
    Counts("densenet121", 8_062_504, trainable: 7_978_856, 2_834_161_664),
    Counts("efficientnetb0", 5_330_571, trainable: 5_288_548, 385_814_752),
    Counts("googlenet", 6_998_552, 1_582_671_872),
    Counts("googlenet_lrn", 6_998_552, 1_582_671_872),
    Counts("inception_named", 163_696, 128_049_152),
    Counts("inception_reductions", 124_384, 8_127_512_576),
    Counts("inception_stem", 283_952, 592_879_616),
    Counts("inceptionv3", 23_851_784, trainable: 23_817_352, 5_713_216_096),
    Counts("lenet5", 61_706, 416_520),
    Counts("macs_direct", 576_048, 112_896_000),
    Counts("macs_reduced", 26_944, 5_268_480),
    Counts("mnist", 1_199_882, 11_992_448),
    Counts("mobilenetv2", 3_538_984, trainable: 3_504_872, 300_774_272),
    Counts("naive_inception", 6272, 396_361_728),
    Counts("resnet50", 25_636_712, trainable: 25_583_592, 3_857_973_248),
    Counts("siamese", 38_951_745, 1_817_251_840),
    Counts("single_kernel", 28, 675),
    Counts("squeezenet", 1_248_424, 832_667_936),
    Counts("unet", 31_030_658, nil),
    Counts("unet_valid", 31_030_658, nil),
    Counts("vgg16", 138_357_544, 15_470_264_320),
    Counts("xception", 22_910_480, trainable: 22_855_952, 8_357_403_496),
  ]

  @Test("Each counts what is published of it, and none has anything to complain of", arguments: table)
  func counts(expected: Counts) throws {
    let file = Repository.model(expected.name)
    let diagnostics = try modelc("check", file, "--format", "json").json()
    #expect((diagnostics["diagnostics"] as? [Any])?.isEmpty == true)
    let summary = try modelc("summary", file, "--format", "json").json()
    #expect(summary["total_params"] as? Int == expected.parameters)
    #expect(summary["trainable_params"] as? Int == expected.trainable)
    #expect(summary["macs"] as? Int == expected.multiplyAccumulates)
  }

  @Test("Each asserts its parameters and its multiplications itself", arguments: table)
  func assertions(expected: Counts) throws {
    let text = try String(contentsOfFile: Repository.model(expected.name), encoding: .utf8)
    #expect(text.contains("params") || expected.name.hasPrefix("macs"))
    #expect(text.contains("macs ==") || expected.name == "dense")
  }

  @Test("The table names every file")
  func everyModel() throws {
    let folder = Repository.root.appendingPathComponent("models").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".model") }.sorted()
    #expect(files == Self.table.map { $0.name + ".model" })
    #expect(modelc("check", folder).output.split(separator: "\n").count == files.count)
  }
}

/// Small networks of `models/` with made-up weights and images, against what Keras computes of them in 64 bits. The files
/// in Fixtures/ZooOutputs hold some values of each output; Tests/Peers/zoo_agreement.py writes them.
@Suite("The models at work")
struct ZooOutputTests {
  static let names: [String] = {
    let folder = Repository.fixture("ZooOutputs").path
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }()

  @Test("Every output is within the tolerance of 64 bits", arguments: names)
  func outputs(file: String) throws {
    let expected = try JSONDecoder().decode(
      OutputTests.Expected.self, from: try Data(contentsOf: Repository.fixture("ZooOutputs/\(file)")))
    let workspace = try Workspace()
    let name = String(file.dropLast(".json".count))
    var arguments = [
      "run", Repository.model(name), "--output", workspace.path("out"), "--weights",
      "synthetic:\(expected.kernelGain)",
    ]
    for input in expected.inputs {
      let values = SyntheticValues.input(input.name, count: input.shape.reduce(1, *))
      let array = NumPyArray(shape: input.shape, values: values)
      try Data(array.encoded()).write(to: workspace.url.appendingPathComponent("\(input.name).npy"))
      arguments += ["--input", "\(input.name)=\(workspace.path("\(input.name).npy"))"]
    }
    let run = CommandLineRun(arguments, width: 100)
    #expect(run.code == .success, "\(run.error)")
    for output in expected.outputs {
      let array = try NumPyArray(file: workspace.path("out/\(output.name).npy"))
      #expect(array.shape == output.shape)
      for (index, value) in zip(output.indices, output.values) {
        let tolerance = 1e-3 * output.standardDeviation + 1e-4 * abs(value)
        #expect(abs(Double(array.values[index]) - value) <= tolerance, "\(output.name)[\(index)]")
      }
    }
  }

  @Test("There are some")
  func count() { #expect(Self.names.count >= 2) }
}
