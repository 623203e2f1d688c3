/// `RandomShear(0.1)`: in training images are slanted; else nothing happens.
extension RandomShear: RandomImageLayer {}
