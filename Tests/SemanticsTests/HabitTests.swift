import Semantics
import Syntax
import Testing

/// What people bring along from other libraries: told in our words, and replaced only by what is surely meant.
@Suite struct HabitTests {
  @Test(arguments: [
    ("output y = x |> GELU()", "unknown-layer: GELU()", "Activation(gelu)"),
    ("output y = x |> SELU()", "unknown-layer: SELU()", "Activation(selu)"),
    ("output y = x |> CELU()", "unknown-layer: CELU()", "Activation(celu)"),
    ("output y = x |> SiLU()", "unknown-layer: SiLU()", "Activation(silu)"),
    ("output y = x |> hard_sigmoid()", "unknown-layer: hard_sigmoid()", "Activation(hard_sigmoid)"),
    ("output y = x |> softmax()", "unknown-layer: softmax", "Softmax"),
    ("output y = x |> GELU(approximate: true)", "unknown-layer: GELU", nil),
    ("output y = Add([x, x])", "tensor-expected: [x, x]", "x, x"),
    ("output y = x |> Dropout(0,5)", "type-mismatch: 0,5", "0.5"),
    ("output y = Concatenate([x, x], axis: 1)", "tensor-expected: [x, x]", "x, x"),
    ("output y = x |> Concatenate(-1)", "tensor-expected: -1", "axis: -1"),
    ("output y = x |> Flatten() |> Reshape(8, 8, 3)", "argument-count: 8, 8, 3", "[8, 8, 3]"),
    ("output y = x |> Conv2D(out_channels: 3, kernel_size: 3)", "unknown-attribute: out_channels", "filters"),
    ("output y = x |> Conv2D(3, 3, bias: false)", "unknown-attribute: bias", "use_bias"),
    ("output y = x |> LeakyReLU(alpha: 0.2)", "unknown-attribute: alpha", "negative_slope"),
    ("output y = x |> A()\n}\nblock A(x: Tensor) {\n return x", "unknown-type: Tensor", nil),
    // Brackets behind a tensor, as numpy has them.
    (
      "output y = x[:, 1:-1, None, ::2]", "python-word: x[:, 1:-1, None, ::2]",
      "GetItem(x, [slice, slice(start: 1, stop: -1), none, slice(step: 2)])"
    ),
    ("output y = Flatten(x[0, None])", "python-word: x[0, None]", "GetItem(x, [0, none])"),
    ("output y = x[1]", "type-mismatch: x", nil),
    // A window without padding, in a model and in a block's promise.
    ("output y = x |> Conv2D(4, 3) -> [N, 8, 8, 4]", "shape-assertion: ", ", padding: same"),
    (
      "output y = x |> A()\n}\nblock A(x: [N, H, W, C]) -> [N, H, W, C] {\n return x |> Conv2D(3, 3)",
      "shape-promise: ", ", padding: same"
    ),
    // What a promise's names stand for in one call is no cure.
    (
      "output y = x |> A()\n}\nblock A(x: [N, H, W, C]) -> [N, H, W, C] {\n return x |> MaxPooling2D(2)",
      "shape-promise: H, W", nil
    ),
  ])
  func isTold(_ statements: String, _ problem: String, _ replacement: String?) {
    let checked = onMap(statements)
    #expect(checked.problems == [problem])
    #expect(checked.diagnostics.first?.replacement == replacement)
  }

  @Test(arguments: [
    ("loss: bce", "unknown-term: bce", "binary_crossentropy"),
    ("loss: mse\n metrics: [mae, mse]", "type-mismatch: [mae, mse]", "mae, mse"),
    ("loss: mse\n optimizer: Adam(lr: 0.1)", "unknown-attribute: lr", "learning_rate"),
    ("loss: mse\n lr: 0.1", "unknown-attribute: lr", nil),
    ("loss: mse\n learning_rate: 0.1", "unknown-attribute: learning_rate", nil),
    ("loss: mse\n metrics: accuracy\n callbacks: EarlyStopping(val_acc)", "unknown-quantity: val_acc", "val_accuracy"),
  ])
  func isToldInTraining(_ entries: String, _ problem: String, _ replacement: String?) {
    let checked = onMap("output y = x |> Flatten() |> Dense(1, activation: sigmoid)\n}\ntrain M {\n \(entries)")
    #expect(checked.problems == [problem])
    #expect(checked.diagnostics.first?.replacement == replacement)
  }

  @Test(arguments: [
    ("output y = x |> Conv2D()", "put in filters: …, kernel_size: …"),
    ("output y = x |> Conv2D(kernel_size: 3)", "put in filters: …"),
    ("output y = x |> Reshape([N, 192])", "leave the batch out: [192]"),
    ("input z: [B, 8, 8, 3]\n output y = x + z", "give the inputs one name for their batch"),
    (
      "output y = x |> Flatten() |> Dense(1)\n}\ntrain M {\n loss: mse\n epochs: 3\n epochs: 4",
      "leave one of them out"
    ),
    (
      "output y = x |> Flatten() |> Dense(1)\n}\ntrain M {\n loss: mse\n lr: 3",
      "it is the optimizer's: optimizer: SGD(learning_rate: …)"
    ),
  ])
  func cure(_ statements: String, _ help: String) {
    let checked = onMap(statements)
    #expect(checked.diagnostics.map(\.help) == [help])
  }

  /// Claims of several parts are shown with the numbers of those that do not hold.
  @Test func claimsOfSeveralParts() {
    let both = onMap("output y = x |> Dense(1)\n assert params <= 3 and macs <= 3")
    #expect(both.problems == ["assertion-failed: params <= 3", "assertion-failed: macs <= 3"])
    let either = onMap("output y = x |> Dense(1)\n assert params <= 3 or macs <= 3")
    #expect(either.diagnostics.first?.notes.prefix(2) == ["params is 4", "macs is 192"])
  }

  /// A shape that holds in each copy of a block speaks for no number of copies.
  @Test func moreCopiesAreNoEvidence() {
    let checked = Checked(
      """
      block S(x: [N, C], out: Int) -> [N, C + out] {
        return Concatenate(x, x |> Dense(out))
      }
      model M {
        input x: [N, 3]
        output y = x |> repeat 2 S(out: 1) |> Reshape([-1, 3])
      }
      """)
    #expect(checked.problems == ["indivisible: [-1, 3]"])
    #expect(checked.diagnostics.first?.replacement == nil)
  }
}
