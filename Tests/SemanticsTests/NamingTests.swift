import Operations
import Semantics
import Syntax
import Testing

/// Paths: binding, then stage, through every block.
@Suite struct NamingTests {
  @Test func stagesAreNamedByKindAndLabel() {
    let checked = onMap(
      """
        a = x |> Conv2D(4, 1) |> reduce: Conv2D(4, 1) |> Conv2D(4, 1)
        b = Conv2D(a, 4, 1, use_bias: false) |> BatchNormalization()
        output y = b |> Flatten() |> Dense(2)
      """)
    #expect(checked.problems == [])
    #expect(
      checked.models[0].nodes.map(\.path) == [
        "x", "a/conv2d", "a/reduce", "a/conv2d_1", "b", "b/batch_normalization", "y/flatten", "y/dense",
      ])
  }

  @Test func aBlockAddsNoLevelWhenItIsFirst() {
    let checked = Checked(
      """
      block Two(x: [N, H, W, C], n: Int) -> [N, H, W, n] {
        a = x |> Conv2D(n, 1)
        return a |> last: Conv2D(n, 1)
      }
      model M {
        input x: [N, 8, 8, 3]
        m = x |> MaxPooling2D() |> Two(4) |> Two(5) |> third: Two(6)
        output y = Two(m, 2)
      }
      """)
    #expect(checked.problems == [])
    #expect(
      checked.models[0].nodes.map(\.path) == [
        "x", "m/max_pooling2d", "m/a/conv2d", "m/last", "m/two/a/conv2d", "m/two/last", "m/third/a/conv2d",
        "m/third/last", "y/a/conv2d", "y/last",
      ])
  }

  @Test func automaticNamesStepAsideForNumberedCopies() {
    let checked = onMap("  output y = x |> repeat 3 Conv2D(3, 1) |> Conv2D(3, 1) |> repeat 2 Conv2D(3, 1)")
    #expect(
      checked.models[0].nodes.map(\.path) == [
        "x", "y/conv2d/0", "y/conv2d/1", "y/conv2d/2", "y/conv2d_3", "y/conv2d_4/0", "y/conv2d_4/1",
      ])
    let labelled = onMap("  output y = x |> conv2d: repeat 2 Conv2D(3, 1) |> Conv2D(3, 1)")
    #expect(labelled.models[0].nodes.last?.path == "y/conv2d_2")
    // What the author writes is his.
    let written = onMap("  output y = x |> repeat 2 Conv2D(3, 1) |> conv2d_1: Conv2D(3, 1)")
    #expect(written.problems == [] && written.models[0].nodes.last?.path == "y/conv2d_1")
  }

  @Test func automaticNamesStepAsideForLabelsBehindThem() {
    let checked = onMap(
      """
        a = x |> Conv2D(3, 1) |> conv2d: Conv2D(3, 1) |> Conv2D(3, 1)
        output y = a + x |> add: Conv2D(3, 1)
      """)
    #expect(checked.problems == [])
    #expect(
      checked.models[0].nodes.map(\.path) == ["x", "a/conv2d_1", "a/conv2d", "a/conv2d_2", "y/add_1", "y/add"])
    #expect(onMap("  output y = x |> a: Conv2D(3, 1) |> a: Conv2D(3, 1)").problems.count == 1)
  }

  @Test func equalPathsOfDifferentLevelsAreAnError() {
    let checked = onMap(
      """
        a = x |> b: Conv2D(3, 1)
        `a/b` = Conv2D(x, 3, 1)
        output y = a + `a/b`
      """)
    #expect(checked.problems == ["duplicate-name: Conv2D(x, 3, 1)"])
    #expect(checked.diagnostics.first?.message == "there are two layers called 'a/b'")
    let labels = onMap("  output y = x |> c: Conv2D(3, 1) |> c: Conv2D(3, 1)")
    #expect(labels.problems == ["duplicate-name: c"])
  }

  @Test func callsOfOneInstanceAreShownWithWhatTheyNeed() {
    let checked = onMap("  layer f = Conv2D(4, 1)\n  output y = x |> f() |> f()")
    #expect(checked.problems == ["shapes-differ: f()"])
    #expect(
      checked.diagnostics.first?.notes == [
        "the first call: [N, 8, 8, 3] needs kernel [1, 1, 3, 4], bias [4]",
        "this one: [N, 8, 8, 4] needs kernel [1, 1, 4, 4], bias [4]",
      ])
  }

  @Test func argumentsAndReturnsAddNoLevel() {
    let checked = onMap("  output y = Add(x |> Conv2D(3, 1), x |> Conv2D(3, 1))")
    #expect(checked.models[0].nodes.map(\.path) == ["x", "y/conv2d", "y/conv2d_1", "y"])
  }

  @Test func copiesAreNumbered() {
    let checked = onMap("  output y = x |> deep: repeat 2 Conv2D(3, 1) |> repeat 2 as i Conv2D(3 + i, 1)")
    #expect(
      checked.layers == [
        "x: [N, 8, 8, 3]", "y/deep/0: [N, 8, 8, 3]", "y/deep/1: [N, 8, 8, 3]", "y/conv2d/0: [N, 8, 8, 3]",
        "y/conv2d/1: [N, 8, 8, 4]",
      ])
  }

  @Test func anInstanceSharesItsWeights() {
    let checked = Checked(
      """
      model M {
        input l: [N, 4]
        input r: [N, 4]
        layer tower = Dense(3)
        a = l |> tower()
        b = r |> tower()
        output y = Add(a, b)
        assert params == 15, macs == 24
      }
      """)
    #expect(checked.problems == [])
    #expect(checked.models[0].nodes.map(\.path) == ["l", "r", "tower", "tower", "y"])
  }

  @Test func anInstanceWithinAnInstanceIsSharedToo() {
    let checked = Checked(
      """
      block Twice(x: [N, C]) {
        layer inner = Dense(4)
        a = x |> inner()
        return a |> inner()
      }
      model M {
        input x: [N, 4]
        layer outer = Twice()
        a = x |> outer()
        b = a |> outer()
        output y = b |> Twice()
        assert params == 2 * 20, macs == 6 * 16
      }
      """)
    #expect(checked.problems == [])
  }

  /// What an instance is called on is none of its own, be it another call of it or a layer that it has no part in.
  @Test(arguments: ["layer mix = Dense(4)", "layer mix = Two()"]) func anInstanceIsCalledOnItsOwnResult(_ mix: String) {
    let checked = Checked(
      """
      block Two(x: [N, C]) { return x |> one: Dense(4) |> two: Dense(4) }
      model M {
        input x: [N, 4]
        \(mix)
        layer other = Dense(4)
        output y = mix(Add(mix(x), other(mix(x |> Dense(4)))))
        output z = other(x)
      }
      """)
    #expect(checked.problems == [])
    let nodes = checked.models.first?.nodes ?? []
    let shared = nodes.filter { $0.sharedWith != nil }
    #expect(Set(nodes.filter { $0.path.hasPrefix("mix") }.map(\.path)).count * 2 + 1 == shared.count)
    for node in shared {
      #expect(nodes.first { $0.path == node.path }?.sharedWith == nil)
      #expect(node.sharedWith.map { nodes[$0.index].path } == node.path)
    }
  }

  @Test func anInstanceWithinItsOwnDeclarationHasNoEnd() {
    for declaration in ["layer mix = Conv2D(3, 1, use_bias: mix(x))", "layer mix = B(z: mix(x))"] {
      let checked = Checked(
        """
        block B(x: [N, C], z: [N, C]) { return Add(x, z) }
        model M {
          input x: [N, 4]
          \(declaration)
          output y = mix(x)
        }
        """)
      #expect(checked.problems.contains { $0.contains("expansion-too-deep") })
    }
  }

  @Test func aBlockThatIsInlinedInlinesItsOwn() {
    let checked = Checked(
      """
      block Double(x: [N, C]) { return x |> one: Dense(3) |> two: Dense(3) }
      block Up(x: [N, C]) { return x |> Flatten() |> Double() }
      model M {
        input x: [N, 4]
        u = x |> Up()
        output y = Up(u)
      }
      """)
    #expect(checked.problems == [])
    #expect(
      checked.models.first?.nodes.map(\.path) == ["x", "u/flatten", "u/one", "u/two", "y/flatten", "y/one", "y/two"])
  }
}
