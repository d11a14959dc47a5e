// Every pixel four times: y[n, oy, ox, c] = x[n, oy / 2, ox / 2, c]. GRAD: the sum of the four in the place of each pixel,
// y[n, iy, ix, c] = sum of x[n, 2 iy + 0..1, 2 ix + 0..1, c].
// W: width of the smaller image. Channels in vec4s. One invocation computes one vec4 of y; workgroup 64 along the
// channels. Order of summation: rows, fixed.
#input 0 x
#output 1 y

#index i < COUNT
  let c = i % C4;
#if GRAD
  // n * H + iy is one number: images follow each other.
  let row = i / (C4 * W);
  let at = (row * 4u * W + i / C4 % W * 2u) * C4 + c;
  let below = at + 2u * W * C4;
  set_y(i, (x(at) + x(at + C4)) + (x(below) + x(below + C4)));
#else
  let row = i / (C4 * 2u * W) / 2u;
  set_y(i, x((row * W + i / C4 % (2u * W) / 2u) * C4 + c));
#end
#end
