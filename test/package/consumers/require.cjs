const retrograd = require('retrograd');
const data = require('retrograd/data');

import('./learn.mjs')
  .then(({ learn }) => learn(retrograd, data))
  .then((outcome) => console.log(JSON.stringify(outcome)));
