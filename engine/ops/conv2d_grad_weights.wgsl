// Weight gradient of a convolution, as partial sums over parts of the rows:
//   part[s, o, ky, kx, c] = sum over the rows (n, oy) of part s and all ox of dy[n, oy, ox, o] * x[n, oy*S+ky-P, ox*S+kx-P, c]
// x [N, H, W, C], dy [N, OH, OW, O], part [SPLITS, O, KH, KW, C]. A second kernel adds the parts in order.
// One invocation owns OB output channels x IB input vec4s x TAPS columns of the kernel for one ky and one part;
// with TAPS = KW every x column is loaded once. Workgroup 64 along the parts. Order: rows, then columns, fixed.
#input 0 x reused
#input 1 dy reused
#output 2 part

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3<u32>, @builtin(num_workgroups) grid: vec3<u32>) {
  let id = gid.y * grid.x * 64u + gid.x;
  if (id >= COUNT) { return; }
  let s = id % SPLITS;
  let kx0 = (id / SPLITS) % ${KW / TAPS}u * ${TAPS}u;
  let ky = (id / (SPLITS * ${KW / TAPS}u)) % ${KH}u;
  let cb = (id / (SPLITS * ${KW / TAPS * KH}u)) % C_BLOCKS * ${IB}u;
  let ob = id / (SPLITS * ${KW / TAPS * KH}u * C_BLOCKS) * ${OB / 4}u;
#for i in 0..IB
  let c${i} = min(cb + ${i}u, ${C4 - 1}u);
#end
#for q in 0..OB / 4
  let o${q} = min(ob + ${q}u, ${O4 - 1}u);
#end
#for k in 0..TAPS
#for o in 0..OB
#for i in 0..IB
  var g${k}_${o}_${i} = vec4<f32>(0.0);
#end
#end
#end
  let last = min((s + 1u) * PART, ${N * OH}u);
  for (var r = s * PART; r < last; r++) {
    let iy = i32(r % ${OH}u * ${STRIDE}u + ky) - ${PAD};
    if (iy < 0 || iy >= ${H}) { continue; }
    let line = (r / ${OH}u * ${H}u + u32(iy)) * ${W}u;
    let ix_first = i32(kx0) - ${PAD};
#if ROLL
#for k in 0..TAPS - 1
#for i in 0..IB
    var x${k + 1}_${i} = vec4<f32>(0.0);
    if (ix_first + ${k} >= 0 && ix_first + ${k} < ${W}) { x${k + 1}_${i} = x((line + u32(ix_first + ${k})) * ${C4}u + c${i}); }
#end
#end
#end
    for (var ox = 0u; ox < ${OW}u; ox++) {
      let at = (r * ${OW}u + ox) * ${O4}u;
#for q in 0..OB / 4
      let d${q} = dy(at + o${q});
#end
#if ROLL
      let ix = ix_first + i32(ox) + ${TAPS - 1};
      let inside = ix >= 0 && ix < ${W};
      let column = (line + u32(clamp(ix, 0, ${W - 1}))) * ${C4}u;
#for i in 0..IB
#for k in 0..TAPS - 1
      let a${k}_${i} = x${k + 1}_${i};
#end
      let a${TAPS - 1}_${i} = select(vec4<f32>(0.0), x(column + c${i}), inside);
#for k in 1..TAPS
      x${k}_${i} = a${k}_${i};
#end
#end
#else
#for k in 0..TAPS
      let ix${k} = ix_first + i32(ox * ${STRIDE}u) + ${k};
      let column${k} = (line + u32(clamp(ix${k}, 0, ${W - 1}))) * ${C4}u;
#for i in 0..IB
      let a${k}_${i} = select(vec4<f32>(0.0), x(column${k} + c${i}), ix${k} >= 0 && ix${k} < ${W});
#end
#end
#end
#for k in 0..TAPS
#for i in 0..IB
#for q in 0..OB / 4
      g${k}_${4 * q}_${i} += d${q}.x * a${k}_${i};
      g${k}_${4 * q + 1}_${i} += d${q}.y * a${k}_${i};
      g${k}_${4 * q + 2}_${i} += d${q}.z * a${k}_${i};
      g${k}_${4 * q + 3}_${i} += d${q}.w * a${k}_${i};
#end
#end
#end
    }
  }
#for o in 0..OB
  if (ob * 4u + ${o}u < ${O}u) {
    let base = ((s * ${O}u + ob * 4u + ${o}u) * ${KH}u + ky) * ${KW}u + kx0;
#for i in 0..IB
    if (cb + ${i}u < ${C4}u) {
#for k in 0..TAPS
      set_part((base + ${k}u) * ${C4}u + cb + ${i}u, g${k}_${o}_${i});
#end
    }
#end
  }
#end
}
