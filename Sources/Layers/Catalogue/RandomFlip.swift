/// `RandomFlip(horizontal)`: in training half of the images are turned over; else nothing happens.
extension RandomFlip: RandomImageLayer {}
