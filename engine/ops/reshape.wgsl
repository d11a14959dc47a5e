// The same elements in another shape. Where the rows of both lie in memory alike (COPY) the vec4s are copied;
// otherwise element e = row * LAST_OUT + lane of the output is element e of the input, padding left out.
// One invocation computes one vec4 of the output; workgroup 64. Order-free.
#input 0 x
#output 1 out

#index i < COUNT
#if COPY
  set_out(i, x(i));
#else
  var y = vec4<f32>(0.0);
  let lane = i % ROW_OUT * 4u;
  let first = i / ROW_OUT * LAST_OUT + lane;
#for j in 0..4
  if (lane + ${j}u < LAST_OUT) {
    let e${j} = first + ${j}u;
    let at${j} = e${j} % LAST_IN;
    y[${j}] = x(e${j} / LAST_IN * ROW_IN + at${j} / 4u)[at${j} % 4u];
  }
#end
  set_out(i, y);
#end
#end
