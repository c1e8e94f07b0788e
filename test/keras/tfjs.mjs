// TensorFlow.js on the CPU. Its types are left out: they bring declarations of WebGPU that differ from those here.
const load = (name) => import(name);
const tf = await load('@tensorflow/tfjs-core');
await load('@tensorflow/tfjs-backend-cpu');
tf.enableProdMode(); // without what it has to say about other backends
await tf.setBackend('cpu');
const { input, layers, model, sequential } = await load('@tensorflow/tfjs-layers');

/** @type {any} */
export const tfjs = { ...tf, input, layers, model, sequential };

/**
 * What `model.save()` hands over.
 * @returns {Promise<any>}
 */
export async function artifactsOf(net) {
  let artifacts;
  await net.save({
    save: async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    },
  });
  return artifacts;
}
