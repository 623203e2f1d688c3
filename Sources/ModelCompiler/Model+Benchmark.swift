import Execution
import Planning
import Reports
package import Runtime

/// What a model was measured to take.
package struct Benchmark: Sendable {
  fileprivate let report: BenchmarkReport
  /// How exactly was computed what was measured.
  package let precision: Runtime.Precision

  /// The times of the whole, and a table of the steps, at most `width` columns wide if that can be.
  package func text(width: Int) -> String { report.text(width: width) }
  /// The same for programs.
  package var json: String { report.json }
  /// A bar for each step, as SVG.
  package var drawing: String { TimeDrawing(report).svg }
}

/// A model with its weights and made-up inputs, whose runs are measured one by one.
package struct ModelTimer: Sendable {
  fileprivate let runs: TimedRuns

  /// How exactly it computes.
  package var precision: Runtime.Precision { runs.program.kernels.precision }

  /// Runs it once: how many nanoseconds that took.
  package func time() throws(BuildProblem) -> UInt64 {
    do throws(ProgramProblem) { return try runs.time() } catch { throw BuildProblem(error) }
  }
}

extension Model {
  /// Measures the deployed model on this machine: runs with their times, and others with the time of each step, in turns.
  ///
  /// - Parameters:
  ///   - weights: where its weights come from; how large they are makes no difference.
  ///   - batch: examples of a run, and for how many it is planned.
  ///   - threads: nil for as many as this process may use.
  ///   - path: nil for the fastest kernels that this processor runs.
  ///   - precision: how exactly products are computed, where this processor has kernels for it.
  ///   - runs: how often; nil for as often as two seconds allow, but ten times at least.
  /// - Throws: why it cannot be built, or has no such size.
  package func benchmark(
    weights: Weights, batch: Int, threads: Int?, path: Kernels.Path?, precision: Runtime.Precision, runs: Int?
  ) throws(BuildProblem) -> Benchmark {
    let plan = try plan(batch: batch)
    let timed = try timer(
      of: plan, weights: weights, batch: batch, threads: threads, path: path, precision: precision
    ).runs
    let program = timed.program
    do throws(ProgramProblem) {
      var times: [UInt64] = []
      var stepTimes = [[UInt64]](repeating: [], count: plan.steps.count)
      // The first run brings memory and weights along.
      var spent = try timed.time() / 10
      while runs.map({ times.count < $0 }) ?? (times.count < 10 || spent < 2_000_000_000 && times.count < 1000) {
        let time = try timed.time()
        times.append(time)
        spent += 2 * time
        for (index, time) in try timed.stepTimes().enumerated() {
          stepTimes[index].append(time)
        }
      }
      let precision = program.kernels.precision
      let report = BenchmarkReport(
        model: name, batch: batch, threads: program.threads, path: program.kernels.path.rawValue,
        precision: precision.rawValue, times: times, multiplyAccumulates: multiplyAccumulates,
        steps: steps(of: plan, stepTimes, precision),
        memory: timed.memory,
        peak: PeakRate.measure(threads: program.threads, path: program.kernels.path))
      return Benchmark(report: report, precision: precision)
    } catch {
      throw BuildProblem(error)
    }
  }

  /// Makes the deployed model ready to be run and measured as often as the caller likes.
  ///
  /// - Parameters: as in `benchmark(weights:batch:threads:path:precision:runs:)`.
  /// - Throws: why it cannot be built, or has no such size.
  package func timer(
    weights: Weights, batch: Int, threads: Int?, path: Kernels.Path?, precision: Runtime.Precision
  ) throws(BuildProblem) -> ModelTimer {
    try timer(
      of: plan(batch: batch), weights: weights, batch: batch, threads: threads, path: path, precision: precision)
  }

  private func timer(
    of plan: Plan, weights: Weights, batch: Int, threads: Int?, path: Kernels.Path?, precision: Runtime.Precision
  ) throws(BuildProblem) -> ModelTimer {
    let store = try weights.store(for: self)
    do throws(ProgramProblem) {
      let program = try Program(
        Network(plan, name: name), weights: store, threads: threads, path: path, precision: precision)
      let inputs = try program.inputs.map { (port) throws(ProgramProblem) in
        guard let count = (port.shape + [batch]).checkedProduct(), count <= 1 << 31 else {
          throw .outOfMemory(batch: batch)
        }
        return SyntheticValues.input(port.name, count: count)
      }
      return ModelTimer(runs: try TimedRuns(program, inputs, batch: batch))
    } catch {
      throw BuildProblem(error, weights, of: self)
    }
  }

  private func steps(
    of plan: Plan, _ times: [[UInt64]], _ precision: Runtime.Precision
  ) -> [BenchmarkReport.Step] {
    zip(plan.steps, times).map { step, times in
      BenchmarkReport.Step(
        layers: step.layers, method: step.operation.method(precision), shape: step.shape,
        multiplyAccumulates: step.operation.multiplyAccumulates, times: times)
    }
  }
}
