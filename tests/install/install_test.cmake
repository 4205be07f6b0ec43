# cmake -DBUILD= -DCONSUMER= -DWORK= -DGENERATOR= -DCOMPILER= -DVERSION=
#   -DSANITIZE= -P ...
set(prefix ${WORK}/prefix)
set(consumer_build ${WORK}/consumer)
file(REMOVE_RECURSE ${prefix} ${consumer_build})

function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result
                  COMMAND_ECHO STDOUT)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "failed (${result}): ${ARGN}")
  endif()
endfunction()

# Of sanitizers that the libraries were built with.
set(flags "")
if(SANITIZE)
  set(flags -fsanitize=${SANITIZE})
endif()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
run(${CMAKE_COMMAND} -S ${CONSUMER} -B ${consumer_build} -G ${GENERATOR}
    -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_PREFIX_PATH=${prefix}
    -DEMBED_VERSION=${VERSION} "-DCMAKE_CXX_FLAGS=${flags}")
run(${CMAKE_COMMAND} --build ${consumer_build})
run(${consumer_build}/consumer)
