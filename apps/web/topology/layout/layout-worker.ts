// ELK's own worker script, which answers messages once it is loaded; here so that the bundler finds it.
import 'elkjs/lib/elk-worker.min.js';
