// 2-D pooling in NHWC: y[n, oy, ox, c] is the largest (MAX) or the mean of x[n, oy*S+ky-P, ox*S+kx-P, c] over ky, kx.
// NaN is larger than any number. Padding counts as zero in the mean and is left out of the maximum. x [N, H, W, C], y [N, OH, OW, C], channels in vec4s.
// One invocation computes one vec4 of y; workgroup 64 along the channels. Order of summation: ky, kx, fixed.
#input 0 x
#output 1 y

#index i < COUNT
  let c = i % C4;
  let left = i32((i / C4) % OW * STRIDE) - ${PAD};
  let top = i32((i / (C4 * OW)) % OH * STRIDE) - ${PAD};
  let image = i / (C4 * OW * OH) * H;
  let x0 = u32(max(left, 0));
  let x1 = u32(min(left + ${KW}, ${W}));
  let y0 = u32(max(top, 0));
  let y1 = u32(min(top + ${KH}, ${H}));
#if MAX
  var found = x(((image + y0) * W + x0) * C4 + c);
#else
  var found = vec4<f32>(0.0);
#end
  for (var iy = y0; iy < y1; iy++) {
    for (var ix = x0; ix < x1; ix++) {
      let here = x(((image + iy) * W + ix) * C4 + c);
#if MAX
      // NaN is the largest of all, as in PyTorch.
      found = select(select(max(found, here), here, are_nan(here)), found, are_nan(found));
#else
      found += here;
#end
    }
  }
#if MAX
  set_y(i, found);
#else
  set_y(i, found / ${KH * KW}.0);
#end
#end
