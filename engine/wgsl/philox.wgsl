// Random numbers on the device: the same bits as common/random.ts. Functions only; prefixed to kernels.
//
// Philox4x32-10 (Salmon et al., SC 2011, https://doi.org/10.1145/2063384.2063405).
// Counter: (example, step, block, 0). Value `index` of an example is lane index % 4 of block index / 4.
// Bits and uniforms are exact. normal2 does its own logarithm and sine: WGSL allows the built-in ones errors
// that show (2^-11 for sin and cos), so the values agree with float64 to about 1e-6.

// 64-bit product of two words as (high, low), from 16-bit halves.
fn philox_mul(a: u32, b: u32) -> vec2<u32> {
  let a_low = a & 0xffffu;
  let a_high = a >> 16u;
  let b_low = b & 0xffffu;
  let b_high = b >> 16u;
  let middle = a_high * b_low + ((a_low * b_low) >> 16u);
  let carry = a_low * b_high + (middle & 0xffffu);
  return vec2<u32>(a_high * b_high + (middle >> 16u) + (carry >> 16u), a * b);
}

fn philox(counter: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
  var c = counter;
  var k = key;
  for (var round = 0u; round < 10u; round++) {
    let p0 = philox_mul(0xd2511f53u, c.x);
    let p1 = philox_mul(0xcd9e8d57u, c.z);
    c = vec4<u32>(p1.x ^ c.y ^ k.x, p1.y, p0.x ^ c.w ^ k.y, p0.y);
    k += vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}

// Uniform in [0, 1) with 24 random bits.
fn uniform01(bits: u32) -> f32 {
  return f32(bits >> 8u) * 5.9604644775390625e-8;
}

// -ln(k 2^-24) for k in 1..2^24: split off the exponent, then ln((1+s)/(1-s)) = 2 (s + s^3/3 + s^5/5 + ...).
fn philox_neg_log(k: u32) -> f32 {
  var exponent = i32(firstLeadingBit(k));
  var mantissa = f32(k) * exp2_int(-exponent);
  if (mantissa > 1.41421356) {
    mantissa *= 0.5;
    exponent += 1;
  }
  let s = (mantissa - 1.0) / (mantissa + 1.0);
  let z = s * s;
  let series = 2.0 * s * (1.0 + z * (0.333333333 + z * (0.2 + z * (0.142857143 + z * 0.111111111))));
  return f32(24 - exponent) * 0.693147181 - series;
}

// 2^n for n in -126..127, by its bits.
fn exp2_int(n: i32) -> f32 {
  return bitcast<f32>(u32(n + 127) << 23u);
}

// (cos, sin) of 2 pi (bits >> 8) 2^-24: the nearest quarter turn, exact, then Taylor series on [-pi/4, pi/4].
fn philox_turn(bits: u32) -> vec2<f32> {
  let turn = bits >> 8u;
  let quarter = ((turn + 0x200000u) >> 22u) & 3u;
  let rest = i32((turn << 8u) - (quarter << 30u)) >> 8u;
  let x = f32(rest) * 3.74507028e-7;
  let z = x * x;
  let c = 1.0 + z * (-0.5 + z * (0.0416666667 + z * (-0.00138888889 + z * 0.0000248015873)));
  let s = x * (1.0 + z * (-0.166666667 + z * (0.00833333333 + z * (-0.000198412698 + z * 0.00000275573192))));
  switch quarter {
    case 0u: { return vec2<f32>(c, s); }
    case 1u: { return vec2<f32>(-s, c); }
    case 2u: { return vec2<f32>(-c, -s); }
    default: { return vec2<f32>(s, -c); }
  }
}

// Two independent standard normal values (Box-Muller).
fn normal2(a: u32, b: u32) -> vec2<f32> {
  return sqrt(2.0 * philox_neg_log((a >> 8u) + 1u)) * philox_turn(b);
}
