import Driver
import Testing

/// `domain`, `why` and `--shape`.
@Suite("Sizes that are not known")
struct SizesTests {
  private static let open = """
    modelc 1

    model Open(width: Int = 4) {
      input image: [N, H, 2 * w, 1]
      a = image |> Conv2D(width, 5, strides: 2)
      output y = a |> GlobalAveragePooling2D() |> Dense(3)
    }

    """

  private func file(_ text: String = open) throws -> (Workspace, String) {
    let workspace = try Workspace()
    return (workspace, try workspace.write("open.model", text))
  }

  @Test("domain says which sizes are accepted, and the smallest inputs")
  func domain() throws {
    let (workspace, file) = try file()
    defer { withExtendedLifetime(workspace) {} }
    let run = modelc("domain", file)
    #expect(run.code == .success)
    #expect(
      run.output == """
        Open
          input image  [N, H, 2 * w, 1]
        accepts
          H >= 5
          w >= 3
        smallest: image 5 x 6 x 1

        """)
    let json = try modelc("domain", file, "--format", "json").json()
    let symbols = try #require(json["symbols"] as? [[String: Any]])
    #expect(symbols.map { $0["least"] as? Int } == [5, 3])
    #expect((json["smallest"] as? [String: Int]) == ["H": 5, "w": 3])
    #expect(modelc("domain", Repository.model("mnist")).output == "Mnist: all sizes are known\n")
    #expect(modelc("domain", file, "--shape", "H=9").output.contains("accepts\n  w >= 3\n"))
  }

  @Test("check and summary show the least sizes")
  func shown() throws {
    let (workspace, file) = try file()
    defer { withExtendedLifetime(workspace) {} }
    #expect(modelc("check", file).output.contains("; H >= 5, w >= 3"))
    #expect(modelc("summary", file).output.contains("sizes   H >= 5, w >= 3"))
    let json = try modelc("summary", file, "--format", "json").json()
    #expect((json["sizes"] as? [String: Any])?["symbols"] != nil)
  }

  @Test(
    "--shape gives sizes as the open ones, all but the batch, all, or one by its symbol",
    arguments: [
      ["image=9x8"], ["image=9x8x1"], ["image=1x9x8x1"], ["H=9", "w=4"],
    ])
  func shape(_ shapes: [String]) throws {
    let (workspace, file) = try file()
    defer { withExtendedLifetime(workspace) {} }
    let run = CommandLineRun(["summary", file] + shapes.flatMap { ["--shape", $0] })
    #expect(run.code == .success, "\(run.error)")
    #expect(run.output.contains("[N, 3, 2, 4]"))
  }

  @Test(
    "Sizes that cannot be are told with those that can",
    arguments: [
      ("image=4x8", ExitCode.wrongInput, "does not accept H = 4", "the smallest is image 5 x 6 x 1"),
      ("image=9x7", .usage, "cannot have a size of 7 where it is 2 * w", "near are 6 and 8"),
      ("image=9x8x3", .usage, "is [N, H, 2 * w, 1], not 9 x 8 x 3", "1 is fixed"),
      ("imag=9x8", .usage, "no input 'imag'", "there are image, H, w"),
      ("image=9", .usage, "does not take 9", "give H x 2 * w"),
      ("image=9x", .usage, "--shape takes sizes", ""),
      ("image", .usage, "--shape takes INPUT=SIZES", ""),
    ])
  func wrongShapes(_ shape: String, _ code: ExitCode, _ message: String, _ help: String) throws {
    let (workspace, file) = try file()
    defer { withExtendedLifetime(workspace) {} }
    let run = modelc("check", file, "--shape", shape)
    #expect(run.code == code)
    let text = run.output + run.error
    #expect(text.contains(message) && text.contains(help), "\(text)")
  }

  @Test("What cannot be checked for all sizes is checked for the given ones")
  func givenOnly() throws {
    let (workspace, file) = try file(
      "modelc 1\nmodel M {\n  input x: [N, H, W, 1]\n  output y = x |> Flatten() |> Dense(2)\n}\n")
    defer { withExtendedLifetime(workspace) {} }
    #expect(modelc("check", file).code == .wrongInput)
    let run = modelc("summary", file, "--shape", "x=3x4")
    #expect(run.code == .success)
    #expect(run.output.contains("[N, 12]"))
  }

  @Test("why goes back to the parameters")
  func why() throws {
    let (workspace, file) = try file()
    defer { withExtendedLifetime(workspace) {} }
    let run = modelc("why", file, "a.height", "--shape", "image=9x8")
    #expect(run.output.contains("height: floor((9 - 5) / 2) + 1 = 3"))
    #expect(run.output.contains("strides: 2 (open.model:5)"))
    #expect(run.output.contains("image  InputLayer  open.model:4"))
    let channels = modelc("why", file, "a.C").output
    #expect(channels.contains("filters: width = 4 (open.model:5)\n    width = 4 (open.model:3)"))
    let json = try modelc("why", file, "a.C", "--format", "json").json()
    #expect((json["steps"] as? [[String: Any]])?.first?["size"] as? String == "4")
    #expect(modelc("why", file, "width").output == "width = 4 (open.model:3)\n")
    let wrong = modelc("why", file, "b.C")
    #expect(wrong.code == .wrongInput)
    #expect(modelc("why", file).code == .usage)
  }
}
