/// `RandomBrightness(0.2)`: in training images become brighter or darker; else nothing happens.
extension RandomBrightness: RandomImageLayer {}
