package import Planning
package import Runtime

/// The weights that a plan's steps read as a safetensors file, in the plan's order, and no others.
package func weightFile(for plan: Plan, from store: WeightStore) throws(WeightProblem) -> [UInt8] {
  var entries: [Safetensors.Entry] = []
  // Names are the same if their bytes are; strings are equal sooner.
  var seen: Set<[UInt8]> = []
  for weight in plan.weights where !weight.isOptional && seen.insert(Array(weight.name.utf8)).inserted {
    let values = try store.read(weight.name, shape: weight.shape, fanIn: weight.fanIn)
    entries.append(Safetensors.Entry(name: weight.name, shape: weight.shape, values: values))
  }
  return Safetensors.encode(entries)
}
