// Weights for the input gradient: v[c, ky, kx, o] = w[o, KH-1-ky, KW-1-kx, c] where FLIP, else w[o, ky, kx, c].
// w [O, KH, KW, C], v [C, KH, KW, O]. One invocation writes one vec4 (four o); workgroup 64; a pure copy.
@group(0) @binding(0) var<storage, read> w: array<f32>;
#output 1 v

#index i < ${C * KH * KW * O4}u
  let o4 = i % ${O4}u;
  let tap = (i / ${O4}u) % ${KH * KW}u;
  let c = i / ${O4 * KH * KW}u;
#if FLIP
  let from_tap = ${KH * KW - 1}u - tap;
#else
  let from_tap = tap;
#end
  var value = vec4<f32>(0.0);
  for (var lane = 0u; lane < 4u; lane++) {
    let o = o4 * 4u + lane;
    if (o < ${O}u) { value[lane] = w[(o * ${KH * KW}u + from_tap) * ${4 * C4}u + c]; }
  }
  set_v(i, value);
#end
