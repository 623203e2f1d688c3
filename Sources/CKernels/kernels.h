// All kernels, for the instruction set that the including file has chosen. That file defines
//   KERNEL_PATH         the name of the path
//   KERNEL_FUSED        whether a product is added without rounding in between
//   KERNEL_SCALES       whether AVX-512 multiplies by powers of two
//   MOST_PIXELS         the widest register tile
//   MOST_BLOCKS         the register tile with the most blocks
//   PIXELS_BY_BLOCKS    the widest tile for each number of blocks
//   EACH_TILE(X)        X(pixels, blocks) for each tile
//   UNROLLED_CHANNELS   how many channels a tile takes in one go: no more than leave its sums in the registers
//   DEPTHWISE_PIXELS    the widest tile of a depthwise convolution
//   EACH_WIDTH(X, ...)  X(pixels, ...) for each width of one
#include "vector.h"

#include "functions.h"
#include "precise.h"

#include "activation.h"
#include "arithmetic.h"
#include "convolution.h"
#include "depthwise.h"
#include "elementwise.h"
#include "normalization.h"
#include "pooling.h"
#include "reduction.h"
#include "resize.h"
#include "response.h"
#include "softmax.h"
#include "winograd.h"

static const struct KERNEL_NAME(table) table = {
    .name = KERNEL_PATH,
    .convolve = convolve,
    .convolveDepthwise = convolveDepthwise,
    .transformTiles = transformTiles,
    .gatherTiles = gatherTiles,
    .poolMaximum = poolMaximum,
    .poolMean = poolMean,
    .poolMeanPadded = poolMeanPadded,
    .relu = relu,
    .elu = elu,
    .sigmoid = sigmoid,
    .tanh = hyperbolicTangent,
    .silu = silu,
    .softplus = softplus,
    .softsign = softsign,
    .exponential = exponential,
    .mish = mish,
    .selu = selu,
    .hardSigmoid = hardSigmoid,
    .hardSilu = hardSilu,
    .gelu = gelu,
    .geluApproximate = geluApproximate,
    .absolute = absolute,
    .negative = negative,
    .square = square,
    .squareRoot = squareRoot,
    .reciprocalSquareRoot = reciprocalSquareRoot,
    .logarithm = logarithm,
    .add = add,
    .subtract = subtract,
    .multiply = multiply,
    .divide = divide,
    .maximum = maximum,
    .minimum = minimum,
    .power = power,
    .parametricRelu = parametricRelu,
    .total = total,
    .greatest = greatest,
    .least = least,
    .scaleRows = scaleRows,
    .scale = scaleAll,
    .softmax = softmax,
    .addUp = addUp,
    .addUpSquares = addUpSquares,
    .normalizeLanes = normalizeLanes,
    .normalizeRow = normalizeRow,
    .normalizePixels = normalizePixels,
    .normalizeResponse = normalizeResponse,
    .resample = resample,
    .move = move,
    .widen = widen,
    .clear = clear,
};
