/// The calls of a network in an order in which each comes after the calls that it needs.
///
/// Calls stay as the file has them wherever that is such an order: a call moves only to stand before the first one
/// that needs it. Linear in calls and operands, and without recursion.
struct KerasOrder {
  /// One call of one layer. An input is a layer with one call.
  struct Step: Hashable {
    var layer: Int
    var call: Int
  }

  private(set) var steps: [Step] = []
  /// Operands that would make a call wait for itself: places in the calls' operands, and the steps around the circle.
  private(set) var cycles: [(step: Step, operand: Int, path: [Step])] = []

  private enum Mark { case untouched, open, done }

  private struct Frame {
    var step: Step
    var nextOperand = 0
  }

  init(_ network: KerasNetwork) {
    var marks = network.layers.map { layer in Array(repeating: Mark.untouched, count: Self.callCount(layer)) }
    // A layer stands where one of its calls can; the others wait until they are needed.
    for layer in network.layers.indices where !marks[layer].isEmpty && !marks[layer].contains(.done) {
      let ready = network.layers[layer].calls.firstIndex { call in
        call.operands.allSatisfy { $0.map { marks[$0.layer][$0.call] == .done } ?? true }
      }
      visit(Step(layer: layer, call: ready ?? 0), network, &marks)
    }
    for layer in network.layers.indices {
      for call in marks[layer].indices where marks[layer][call] == .untouched {
        visit(Step(layer: layer, call: call), network, &marks)
      }
    }
  }

  static func callCount(_ layer: KerasLayer) -> Int { layer.isInput ? 1 : layer.calls.count }

  private mutating func visit(_ start: Step, _ network: KerasNetwork, _ marks: inout [[Mark]]) {
    var stack = [Frame(step: start)]
    marks[start.layer][start.call] = .open
    while let frame = stack.last {
      let calls = network.layers[frame.step.layer].calls
      let operands = calls.isEmpty ? [] : calls[frame.step.call].operands
      guard frame.nextOperand < operands.count else {
        marks[frame.step.layer][frame.step.call] = .done
        steps.append(frame.step)
        stack.removeLast()
        continue
      }
      stack[stack.count - 1].nextOperand += 1
      guard let operand = operands[frame.nextOperand] else { continue }
      let needed = Step(layer: operand.layer, call: operand.call)
      switch marks[needed.layer][needed.call] {
      case .done: break
      case .untouched:
        marks[needed.layer][needed.call] = .open
        stack.append(Frame(step: needed))
      case .open:
        cycles.append((frame.step, frame.nextOperand, Self.circle(from: needed, stack)))
      }
    }
  }

  /// The steps from one that is open to the top of the stack, at most as many as a message can show: a file whose
  /// every layer closes a circle would otherwise cost the square of its layers.
  private static func circle(from needed: Step, _ stack: [Frame]) -> [Step] {
    var path: [Step] = []
    for frame in stack.reversed() {
      path.append(frame.step)
      if frame.step == needed || path.count > 8 { break }
    }
    return path
  }
}
