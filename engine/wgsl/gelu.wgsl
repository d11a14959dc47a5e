// The Gaussian error linear unit and its derivative, over normal_cdf.wgsl and sigmoid.wgsl.
// Arguments are cut off where the result no longer depends on them, so that squares and cubes stay small.

// x cdf(x).
fn gelu(x: vec4<f32>) -> vec4<f32> {
  return x * normal_cdf(x);
}

// cdf(x) + x density(x).
fn gelu_slope(x: vec4<f32>) -> vec4<f32> {
  let c = clamp(x, vec4<f32>(-14.0), vec4<f32>(14.0));
  return normal_cdf(x) + c * (0.39894228 * exp(-0.5 * c * c));
}

// x (1 + tanh(u)) / 2 = x sigmoid(2 u) with u = sqrt(2 / pi) (x + 0.044715 x^3).
fn gelu_tanh(x: vec4<f32>) -> vec4<f32> {
  let c = clamp(x, vec4<f32>(-10.0), vec4<f32>(10.0));
  return x * sigmoid(1.5957691 * c * (1.0 + 0.044715 * c * c));
}

// s + x s (1 - s) 2 u' with s = sigmoid(2 u).
fn gelu_tanh_slope(x: vec4<f32>) -> vec4<f32> {
  let c = clamp(x, vec4<f32>(-10.0), vec4<f32>(10.0));
  let s = sigmoid(1.5957691 * c * (1.0 + 0.044715 * c * c));
  return s + c * s * (1.0 - s) * (1.5957691 * (1.0 + 0.134145 * c * c));
}
