import Driver
import Layers
import Testing

/// What people write who come from another library or language, and what they are told.
@Suite("Newcomers")
struct NewcomerTests {
  @Test(
    "A slip of habit is told as what it is",
    arguments: [
      ("output y = x |> BatchNorm2d()", "unknown-layer", "did you mean 'BatchNormalization'?"),
      ("output y = x |> Linear(10)", "unknown-layer", "did you mean 'Dense'?"),
      ("output y = x |> GlobalAvgPool2D()", "unknown-layer", "did you mean 'GlobalAveragePooling2D'?"),
      ("output y = x |> LSTM(32)", "unknown-layer", "Keras has such a layer, modelc does not"),
      ("output y = x |> Conv3D(32, 3)", "unknown-layer", "Keras has such a layer, modelc does not"),
      ("output y = x |> MaxPooling(2)", "unknown-layer", "did you mean 'MaxPooling2D'?"),
      ("output y = x |> MaxPool1d(2)", "unknown-layer", "did you mean 'MaxPooling1D'?"),
      ("output y = Conv2D(8, 3)(x)", "unexpected", "a call has its parentheses only once"),
      ("for i in range(3):\n  output y = x |> ReLU()", "misspelt-keyword", "there are no loops"),
      ("for i in [1, 2] { z = ReLU(x) }\noutput y = x |> ReLU()", "misspelt-keyword", "chains copies"),
      ("while true { z = ReLU(x) }\noutput y = x |> ReLU()", "misspelt-keyword", "there are no loops"),
      ("output y = Dense(x 4)", "missing-comma", "write ','"),
      ("output y = x\n    |> Conv2D(8, 3)\n    MaxPooling2D(2)", "missing-pipe", "write '|>'"),
      (
        "output y = ReLU(x)\n}\ntrain New {\n  loss: mean_squared_error\n  optimizer: SGD(0,01, momentum: 0.9)",
        "duplicate-argument", "write 0.01 if they are one"
      ),
    ])
  func habits(_ statements: String, _ code: String, _ words: String) throws {
    let workspace = try Workspace()
    let file = try workspace.write(
      "new.model", "modelc 1\n\nmodel New {\n  input x: [N, 8, 8, 3]\n  \(statements)\n}\n")
    let run = modelc("check", file)
    #expect(run.code == .wrongInput)
    #expect(run.output.contains("error[\(code)]") && run.output.contains(words), "\(run.output)")
    #expect(run.output.contains("\n1 error in 1 file\n"), "\(run.output)")
  }

  @Test("Names of other libraries mean layers that there are, and none of them is the name of one")
  func otherNames() {
    for name in ["batch_norm", "concat", "MaxPool2d", "fc", "conv"] {
      #expect(Catalogue.layer(knownAs: name).map(Catalogue.names.contains) == true, "\(name)")
    }
    for name in Catalogue.names {
      #expect(!Catalogue.isLayerOfKeras(name), "\(name) is in the catalogue now")
      #expect(Catalogue.layer(knownAs: name) ?? name == name)
    }
    for name in Catalogue.foreignLayers { #expect(Catalogue.names.contains(name), "\(name)") }
  }

  @Test("A wrong setting is told with the right ones")
  func settings() {
    let file = Repository.model("mnist")
    #expect(modelc("check", file, "--set", "classes=3").output.contains("parameters stand behind a model's name"))
    #expect(modelc("check", Repository.model("vgg16"), "--set", "x=3").output.contains("there are classes"))
    #expect(modelc("check", file, "--model", "Q").output.contains("there are Mnist"))
  }
}
