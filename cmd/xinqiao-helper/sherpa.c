//go:build helper && cgo && linux

#include "sherpa.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static struct {
  void *(*create)(const void *);
  void *(*stream)(const void *);
  void (*accept)(const void *, int32_t, const float *, int32_t);
  void (*decode)(const void *, const void *);
  const char *(*json)(const void *);
  void (*free_json)(const char *);
  void (*free_stream)(const void *);
  void *(*vad)(const void *, float);
  void (*vad_accept)(const void *, const float *, int32_t);
  int32_t (*vad_empty)(const void *);
  const xq_segment *(*vad_front)(const void *);
  void (*vad_pop)(const void *);
  void (*vad_free)(const xq_segment *);
  void (*vad_flush)(const void *);
  void (*vad_reset)(const void *);
} api;

static int find(void *lib, void **to, const char *name) { return (*to = dlsym(lib, name)) != NULL; }

int xq_open(const char *runtime, const char *library) {
  if (!dlopen(runtime, RTLD_NOW | RTLD_GLOBAL)) return 0;
  void *lib = dlopen(library, RTLD_NOW);
  return lib &&
         find(lib, (void **)&api.create, "SherpaOnnxCreateOfflineRecognizer") &&
         find(lib, (void **)&api.stream, "SherpaOnnxCreateOfflineStream") &&
         find(lib, (void **)&api.accept, "SherpaOnnxAcceptWaveformOffline") &&
         find(lib, (void **)&api.decode, "SherpaOnnxDecodeOfflineStream") &&
         find(lib, (void **)&api.json, "SherpaOnnxGetOfflineStreamResultAsJson") &&
         find(lib, (void **)&api.free_json, "SherpaOnnxDestroyOfflineStreamResultJson") &&
         find(lib, (void **)&api.free_stream, "SherpaOnnxDestroyOfflineStream") &&
         find(lib, (void **)&api.vad, "SherpaOnnxCreateVoiceActivityDetector") &&
         find(lib, (void **)&api.vad_accept, "SherpaOnnxVoiceActivityDetectorAcceptWaveform") &&
         find(lib, (void **)&api.vad_empty, "SherpaOnnxVoiceActivityDetectorEmpty") &&
         find(lib, (void **)&api.vad_front, "SherpaOnnxVoiceActivityDetectorFront") &&
         find(lib, (void **)&api.vad_pop, "SherpaOnnxVoiceActivityDetectorPop") &&
         find(lib, (void **)&api.vad_free, "SherpaOnnxDestroySpeechSegment") &&
         find(lib, (void **)&api.vad_flush, "SherpaOnnxVoiceActivityDetectorFlush") &&
         find(lib, (void **)&api.vad_reset, "SherpaOnnxVoiceActivityDetectorReset");
}

void *xq_recognizer(int paraformer, const char *model, const char *tokens, int threads) {
  xq_recognizer_config c;
  memset(&c, 0, sizeof c);
  c.sample_rate = 16000;
  c.feature_dim = 80;
  if (paraformer) {
    c.paraformer = model;
  } else {
    c.sense_voice.model = model;
    c.sense_voice.language = "auto";
    c.sense_voice.use_itn = 1;
  }
  c.tokens = tokens;
  c.num_threads = threads;
  c.provider = "cpu";
  return api.create(&c);
}

char *xq_recognize(void *recognizer, const float *samples, int n) {
  void *stream = api.stream(recognizer);
  if (!stream) return NULL;
  api.accept(stream, 16000, samples, n);
  api.decode(recognizer, stream);
  const char *json = api.json(stream);
  char *out = json ? strdup(json) : NULL;
  if (json) api.free_json(json);
  api.free_stream(stream);
  return out;
}

void *xq_vad(const char *model, float seconds) {
  xq_vad_config c;
  memset(&c, 0, sizeof c);
  c.silero.model = model;
  c.silero.threshold = 0.5f;
  c.silero.min_silence = 0.5f;
  c.silero.min_speech = 0.25f;
  c.silero.window_size = 512;
  c.silero.max_speech = 15.0f;
  c.sample_rate = 16000;
  c.num_threads = 1;
  c.provider = "cpu";
  return api.vad(&c, seconds);
}

void xq_vad_accept(void *vad, const float *samples, int n) { api.vad_accept(vad, samples, n); }
void xq_vad_flush(void *vad) { api.vad_flush(vad); }
void xq_vad_reset(void *vad) { api.vad_reset(vad); }
void xq_vad_free(const xq_segment *segment) { api.vad_free(segment); }

const xq_segment *xq_vad_next(void *vad) {
  if (api.vad_empty(vad)) return NULL;
  const xq_segment *s = api.vad_front(vad);
  api.vad_pop(vad);
  return s;
}
