/// `RandomZoom(0.1)`: in training what is seen becomes smaller or larger; else nothing happens.
extension RandomZoom: RandomImageLayer {}
