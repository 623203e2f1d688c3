/// `1 channel does not fall into 2 equal groups`
func uneven(_ count: Int, _ noun: String, groups: Int) -> String {
  "\(count == 1 ? "1 \(noun) does" : "\(count) \(noun)s do") not fall into \(groups) equal groups"
}
