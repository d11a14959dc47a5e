// Gradient of 2-D pooling, gathered: dx[n, iy, ix, c] sums dy over the windows that hold (iy, ix), divided by the window's
// size; with MAX only over the windows in which (iy, ix) is the first to hold the largest value.
// dy [N, OH, OW, C], dx [N, H, W, C]; with MAX also x [N, H, W, C] and y [N, OH, OW, C]. Channels in vec4s.
// One invocation computes one vec4 of dx; workgroup 64 along the channels. Order of summation: oy, ox, fixed.
#input 0 dy
#if MAX
#input 1 x
#input 2 y
#end
#output ${2 * MAX + 1} dx

#index i < COUNT
  let c = i % C4;
  let ix = (i / C4) % W + ${PAD}u;
  let iy = (i / (C4 * W)) % H + ${PAD}u;
  let n = i / (C4 * W * H);
  // Windows from (position - K) / S + 1, rounded down, to position / S.
  let ox1 = min(ix / STRIDE + 1u, OW);
  let oy1 = min(iy / STRIDE + 1u, OH);
  let ox0 = select(0u, (ix - ${KW}u) / STRIDE + 1u, ix >= ${KW}u);
  let oy0 = select(0u, (iy - ${KH}u) / STRIDE + 1u, iy >= ${KH}u);
#if MAX
  let here = x(i);
#end
  var sum = vec4<f32>(0.0);
  for (var oy = oy0; oy < oy1; oy++) {
    for (var ox = ox0; ox < ox1; ox++) {
      let o = ((n * OH + oy) * OW + ox) * C4 + c;
#if MAX
      let largest = y(o);
      var first = here == largest;
      // An earlier position of the window with the same value takes the gradient instead.
      for (var ky = max(oy * STRIDE, ${PAD}u); ky <= iy; ky++) {
        let last = select(ix, min(ox * STRIDE + ${KW}u, ${W + PAD}u), ky < iy);
        for (var kx = max(ox * STRIDE, ${PAD}u); kx < last; kx++) {
          let other = x(((n * H + ky - ${PAD}u) * W + kx - ${PAD}u) * C4 + c);
          first = first & (other != largest);
        }
      }
      sum += select(vec4<f32>(0.0), dy(o), first);
#else
      sum += dy(o);
#end
    }
  }
#if MAX
  set_dx(i, sum);
#else
  set_dx(i, sum / ${KH * KW}.0);
#end
#end
