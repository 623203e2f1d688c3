import Driver

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

exit(DeepStack.run { Driver.run(Array(CommandLine.arguments.dropFirst()), console: Console()) }.rawValue)
