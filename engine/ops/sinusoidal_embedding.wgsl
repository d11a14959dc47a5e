// out[b, k] = sin(t[b] f[k]) for k < HALF, out[b, HALF + k] = cos(t[b] f[k]). Frequencies are given in 2^-32 turns, so that
// the product with a whole number, modulo whole turns, is exact in 32 bits.
// t [B] u32; out [B, 2 HALF], rows padded to vec4s with zeros. One invocation computes one vec4; workgroup 64.
@group(0) @binding(0) var<storage, read> t: array<u32>;
#output 1 out

#index i < COUNT
  var turns = array<u32, ${HALF}>(${TURNS});
  let time = t[i / ROW];
  var value = vec4<f32>(0.0);
  for (var lane = 0u; lane < 4u; lane++) {
    let k = i % ROW * 4u + lane;
    if (k < HALF) { value[lane] = philox_turn(time * turns[k]).y; }
    else if (k < 2u * HALF) { value[lane] = philox_turn(time * turns[k - HALF]).x; }
  }
  set_out(i, value);
#end
