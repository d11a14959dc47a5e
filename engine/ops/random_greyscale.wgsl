// Turns images grey with probability PROBABILITY: every channel becomes luma(pixel); word x of block 0 decides.
// One invocation writes one row, workgroup 64.
#output 3 out

#index i < B * H
  let grey = uniform01(draw(i / H, 0u).x) < ${PROBABILITY};
  for (var x = i * W; x < (i + 1u) * W; x++) {
    let pixel = images(x);
    set_out(x, select(pixel, vec4<f32>(vec3<f32>(luma(pixel)), 0.0), grey));
  }
#end
