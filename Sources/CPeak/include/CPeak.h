// How fast the processor multiplies and adds at best: loops that touch no memory.
#pragma once

// Each does `rounds` rounds of independent multiply-adds in registers, on the calling thread, and returns how many
// floating-point operations that was, a multiply-add being two; 0 if the processor lacks the instructions. Writes one
// float to `result`, so that nothing of it can be left out.
double peakPortable(long rounds, float *result);
double peakAVX2(long rounds, float *result);
double peakAVX512(long rounds, float *result);
double peakNEON(long rounds, float *result);
