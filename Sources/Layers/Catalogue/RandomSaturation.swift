/// `RandomSaturation(0.2)`: in training colours become stronger or weaker; else nothing happens.
extension RandomSaturation: RandomImageLayer {}
