/// `RandomHue(0.1)`: in training the wheel of colours is turned; else nothing happens.
extension RandomHue: RandomImageLayer {}
