// out[i] = f(a[i], b[i], …) over vec4s; smaller inputs are stretched by index arithmetic.
// Inputs: up to four, of the output's shape or with any dimensions of 1 (a bias, a number per example).
// One invocation computes one vec4. Workgroup 64: a multiple of every vector width met. No reduction: order-free.
#for k in 0..ARITY
#input ${k} in${k}
#end
#output ${ARITY} out

#index i < COUNT
${LOADS}
  let y = ${EXPRESSION};
  set_out(i, ${MASKED});
#end
