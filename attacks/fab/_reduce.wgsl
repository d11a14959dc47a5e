// Sums, maxima and norms over the 64 lanes of a workgroup, returned to all lanes. Functions only; prefixed to kernels with
// magnitude.wgsl. The kernel declares LINF: 1 for the largest magnitude, 0 for the square root of the sum of squares.
// Order: eight lanes at a time, ascending, then the eight results. All lanes must call together.
var<workgroup> lane_values: array<vec4<f32>, 64>;
var<workgroup> eighths: array<vec4<f32>, 8>;
var<workgroup> whole: vec4<f32>;

fn sum_lanes(lane: u32, value: vec4<f32>) -> vec4<f32> {
  lane_values[lane] = value;
  workgroupBarrier();
  if (lane < 8u) {
    var total = lane_values[8u * lane];
    for (var k = 1u; k < 8u; k++) { total += lane_values[8u * lane + k]; }
    eighths[lane] = total;
  }
  workgroupBarrier();
  if (lane == 0u) {
    var total = eighths[0];
    for (var k = 1u; k < 8u; k++) { total += eighths[k]; }
    whole = total;
  }
  return workgroupUniformLoad(&whole);
}

fn max_lanes(lane: u32, value: vec4<f32>) -> vec4<f32> {
  lane_values[lane] = value;
  workgroupBarrier();
  if (lane < 8u) {
    var largest = lane_values[8u * lane];
    for (var k = 1u; k < 8u; k++) { largest = max(largest, lane_values[8u * lane + k]); }
    eighths[lane] = largest;
  }
  workgroupBarrier();
  if (lane == 0u) {
    var largest = eighths[0];
    for (var k = 1u; k < 8u; k++) { largest = max(largest, eighths[k]); }
    whole = largest;
  }
  return workgroupUniformLoad(&whole);
}

// The largest magnitude of all lanes, by the bits of magnitude.wgsl.
var<workgroup> lane_bits: array<u32, 64>;
var<workgroup> whole_bits: u32;

fn largest_lanes(lane: u32, bits: vec4<u32>) -> u32 {
  lane_bits[lane] = largest_magnitude(bits);
  workgroupBarrier();
  if (lane == 0u) {
    var largest = 0u;
    for (var k = 0u; k < 64u; k++) { largest = max(largest, lane_bits[k]); }
    whole_bits = largest;
  }
  return workgroupUniformLoad(&whole_bits);
}

// The sum of a vec4's lanes, and their maximum.
fn total_of(v: vec4<f32>) -> f32 { return (v.x + v.y) + (v.z + v.w); }
fn largest_of(v: vec4<f32>) -> f32 { return max(max(v.x, v.y), max(v.z, v.w)); }

// A norm: each lane starts with zeros and takes in its vec4s, then all lanes call norm_lanes with what they have.
fn take_in(part: vec4<f32>, v: vec4<f32>) -> vec4<f32> {
  if (LINF == 1u) { return max(part, abs(v)); }
  return part + v * v;
}

fn norm_lanes(lane: u32, part: vec4<f32>) -> f32 {
  if (LINF == 1u) { return largest_of(max_lanes(lane, part)); }
  return sqrt(total_of(sum_lanes(lane, part)));
}
