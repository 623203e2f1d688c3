/// `RandomGrayscale(0.1)`: in training some images become grey; else nothing happens.
extension RandomGrayscale: RandomImageLayer {}
