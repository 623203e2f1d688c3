import Runtime
import Weights

/// Reads a weight file; what could be read is written and read again.
func readSafetensors(_ bytes: [UInt8]) {
  do throws(FormatProblem) {
    let tensors = try unsafe Safetensors.tensors(in: bytes.span.bytes)
    let store = try WeightStore(safetensors: ArrayStorage(bytes))
    _ = store.problems(for: tensors.map { WeightShape(name: $0.name + "x", shape: $0.shape) })
    readAgain(
      tensors.compactMap { tensor in
        (try? store.read(tensor.name, shape: tensor.shape)).map {
          Safetensors.Entry(name: tensor.name, shape: tensor.shape, values: $0)
        }
      })
  } catch {
    require(isPrintable(error.reason), "a reason can be printed")
  }
}

private func readAgain(_ entries: [Safetensors.Entry]) {
  do throws(FormatProblem) {
    let again = try unsafe Safetensors.tensors(in: Safetensors.encode(entries).span.bytes)
    require(again.map(\.name) == entries.map(\.name), "names stay")
    require(again.map(\.shape) == entries.map(\.shape), "shapes stay")
  } catch {
    fatalError("a file of ours cannot be read: \(error)")
  }
}

/// Reads an array; what could be read is written and read again.
func readNumPyArray(_ bytes: [UInt8]) {
  do throws(FormatProblem) {
    let array = try unsafe NumPyArray(decoding: bytes.span.bytes)
    do throws(FormatProblem) {
      let again = try unsafe NumPyArray(decoding: array.encoded().span.bytes)
      require(again.shape == array.shape, "shapes stay")
      require(again.values.map(\.bitPattern) == array.values.map(\.bitPattern), "values stay")
    } catch {
      fatalError("a file of ours cannot be read: \(error)")
    }
  } catch {
    require(isPrintable(error.reason), "a reason can be printed")
  }
}

/// Reads a file of tensors of any format; those that could be read are written and read again.
func readTensors(_ bytes: [UInt8]) {
  do throws(FormatProblem) {
    let file = try TensorFile(ByteRegion(bytes))
    var contents: [TensorContent] = []
    for tensor in file.tensors where tensor.element != nil {
      _ = try file.statistics(of: tensor)
      contents.append(try file.content(of: tensor))
    }
    do throws(FormatProblem) {
      let again = try TensorFile(ByteRegion(try TensorFile.encode(contents, as: .safetensors)))
      require(again.tensors.map(\.shape) == contents.map(\.shape), "shapes stay")
      for (tensor, content) in zip(again.tensors, contents) {
        require(try again.content(of: tensor).bytes == content.bytes, "numbers stay")
      }
    } catch {
      fatalError("a file of ours cannot be read: \(error)")
    }
  } catch {
    require(isPrintable(error.reason), "a reason can be printed")
  }
}

/// Takes two bytes for a size, and the rest for what a compressor made of so many.
func inflate(_ bytes: [UInt8]) {
  guard bytes.count >= 2 else { return }
  let size = Int(bytes[0]) | Int(bytes[1]) << 8
  do throws(FormatProblem) {
    let all = try Inflation.inflate(Array(bytes.dropFirst(2)), size: size)
    require(all.count == size, "the size is the one that was claimed")
  } catch {
    require(isPrintable(error.reason), "a reason can be printed")
  }
}

private func isPrintable(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
