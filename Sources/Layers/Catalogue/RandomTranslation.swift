/// `RandomTranslation(0.1, 0.1)`: in training images are moved; else nothing happens.
extension RandomTranslation: RandomImageLayer {}
