/// `RandomRotation(0.1)`: in training images are turned by a random angle; else nothing happens.
extension RandomRotation: RandomImageLayer {}
