/// Whether one number may have been written for another: twice or half of it, or one digit put in, left out, changed
/// or swapped with its neighbour.
func isSlip(_ written: Int, for meant: Int) -> Bool {
  if written == meant || meant < 0 || written < 0 { return false }
  if written == meant.multipliedReportingOverflow(by: 2).partialValue { return true }
  if meant == written.multipliedReportingOverflow(by: 2).partialValue { return true }
  let (a, b) = (Array(String(written).utf8), Array(String(meant).utf8))
  let (long, short) = a.count >= b.count ? (a, b) : (b, a)
  let start = zip(long, short).prefix { $0 == $1 }.count
  switch long.count - short.count {
  case 0:
    if long[(start + 1)...] == short[(start + 1)...] { return true }
    return start + 1 < long.count && long[start] == short[start + 1] && long[start + 1] == short[start]
      && long[(start + 2)...] == short[(start + 2)...]
  case 1: return long[(start + 1)...] == short[start...]
  default: return false
  }
}

/// Numbers for which `written` may be a slip, the smaller change first.
func likelyNumbers(for written: Int) -> [Int] {
  var numbers: [Int] = []
  func add(_ number: Int?) {
    if let number, number > 0, number != written, !numbers.contains(number) { numbers.append(number) }
  }
  if written <= 16 {
    for distance in 1...16 {
      for number in [written - distance, written + distance] where number <= 16 { add(number) }
    }
  }
  if written % 2 == 0 { add(written / 2) }
  add(written.multipliedReportingOverflow(by: 2).partialValue)
  let digits = Array(String(written))
  for i in digits.indices {
    if digits.count > 1 {
      var fewer = digits
      fewer.remove(at: i)
      add(Int(String(fewer)))
    }
    if i + 1 < digits.count {
      var swapped = digits
      swapped.swapAt(i, i + 1)
      add(Int(String(swapped)))
    }
  }
  // A first digit lost: 56 for 256.
  for digit in "123456789" { add(Int("\(digit)\(written)")) }
  for i in digits.indices {
    for digit in "0123456789" {
      var changed = digits
      changed[i] = digit
      add(Int(String(changed)))
    }
  }
  for i in digits.indices.dropFirst() {
    for digit in "0123456789" { add(Int(String(digits[..<i]) + "\(digit)" + String(digits[i...]))) }
  }
  for digit in "0123456789" { add(Int("\(written)\(digit)")) }
  return numbers
}
