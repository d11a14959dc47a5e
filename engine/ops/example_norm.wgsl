// Size of each example: out[b] = sqrt(sum of x[b]^2), or the largest |x[b]| where MAXIMUM. x [B, …], out [B, 1, …].
// Infinity or NaN where x[b] holds one. Squares that float32 cannot hold are summed once more, scaled by a power of two.
// One invocation owns one example, so the order of the sum is fixed and does not depend on the batch; workgroup 64.
#input 0 x reused
#output 1 out

#index b < B
  var bits = vec4<u32>(0u);
  var total = vec4<f32>(0.0);
  for (var k = 0u; k < INNER; k++) {
    let value = x(b * INNER + k);
    bits = max(bits, magnitudes(value));
    total += value * value;
  }
  let largest = largest_magnitude(bits);
#if MAXIMUM
  set_out(b, vec4<f32>(bitcast<f32>(largest), 0.0, 0.0, 0.0));
#else
  let power = power_for_squares(largest);
  if (power != 1.0) {
    total = vec4<f32>(0.0);
    for (var k = 0u; k < INNER; k++) {
      let value = x(b * INNER + k) * power;
      total += value * value;
    }
  }
  let size = sqrt((total.x + total.y) + (total.z + total.w)) * inverse_power(power);
  set_out(b, vec4<f32>(select(size, bitcast<f32>(largest), kind_of(largest) == 2u), 0.0, 0.0, 0.0));
#end
#end
