// Sizes of vectors whose squares float32 cannot hold: magnitudes are compared by their bits, which have the order of the
// numbers, infinity above them and NaN above all, and a vector is scaled by a power of two, which is exact.

// The bits of |v|.
fn magnitudes(v: vec4<f32>) -> vec4<u32> {
  return bitcast<vec4<u32>>(v) & vec4<u32>(0x7fffffffu);
}

fn largest_magnitude(bits: vec4<u32>) -> u32 {
  return max(max(bits.x, bits.y), max(bits.z, bits.w));
}

// 0 where the largest number of a vector is 0, 2 where it is infinite or NaN, else 1.
fn kind_of(largest: u32) -> u32 {
  return select(select(1u, 2u, largest >= 0x7f800000u), 0u, largest == 0u);
}

// What a vector is multiplied by to have a largest magnitude in [1, 2); 1 where that is 0.
fn power_for(largest: u32) -> f32 {
  return select(bitcast<f32>((254u - clamp(largest >> 23u, 1u, 253u)) << 23u), 1.0, largest == 0u);
}

// The same, but 1 where the squares need no scaling: those of a largest magnitude from 2^-40 to 2^55.
fn power_for_squares(largest: u32) -> f32 {
  let exponent = largest >> 23u;
  return select(power_for(largest), 1.0, exponent >= 87u && exponent < 182u);
}

// One over a power of two.
fn inverse_power(power: f32) -> f32 {
  return bitcast<f32>((254u << 23u) - bitcast<u32>(power));
}
