/// `RandomContrast(0.2)`: in training values are spread around their mean, or drawn together; else nothing happens.
extension RandomContrast: RandomImageLayer {}
